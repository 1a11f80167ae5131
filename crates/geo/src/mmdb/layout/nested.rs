//! `MaxMind`'s layout, which DB-IP's own files follow.

use serde::Deserialize;

use super::cell::{Number, country_code, said};
use crate::country;
use crate::mmdb::Record;
use crate::place::{AutonomousSystem, Place};

/// A record.
#[derive(Deserialize)]
pub(super) struct Nested<'a> {
    #[serde(borrow)]
    country: Option<Named<'a>>,
    #[serde(borrow, default)]
    subdivisions: Vec<Named<'a>>,
    #[serde(borrow)]
    city: Option<Named<'a>>,
    location: Option<Location>,
    autonomous_system_number: Option<Number>,
    autonomous_system_organization: Option<&'a str>,
}

/// A country, a subdivision or a city.
#[derive(Deserialize)]
struct Named<'a> {
    iso_code: Option<&'a str>,
    #[serde(borrow)]
    names: Option<Names<'a>>,
}

/// A name in many languages, of which one is read.
#[derive(Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

#[derive(Deserialize)]
struct Location {
    latitude: Option<Number>,
    longitude: Option<Number>,
}

impl Nested<'_> {
    pub(super) fn into_record(self) -> Record {
        let number = self.autonomous_system_number.and_then(Number::system);
        let name = said(self.autonomous_system_organization);
        Record {
            system: number.map(|number| AutonomousSystem { number, name }),
            place: self.into_place(),
        }
    }

    fn into_place(self) -> Option<Place> {
        let country = self.country?;
        let code = country_code(country.iso_code)?;
        let region = self.subdivisions.first();
        let location = self.location.as_ref();
        let name = || country::name(code).map(str::to_owned);
        Some(Place {
            country_code: Some(code.to_owned()),
            country_name: country.name().or_else(name),
            region_code: region.and_then(|it| said(it.iso_code)),
            region_name: region.and_then(Named::name),
            city: self.city.as_ref().and_then(Named::name),
            latitude: location.and_then(|it| it.latitude?.degrees(90.0)),
            longitude: location.and_then(|it| it.longitude?.degrees(180.0)),
        })
    }
}

impl Named<'_> {
    fn name(&self) -> Option<String> {
        said(self.names.as_ref()?.en)
    }
}
