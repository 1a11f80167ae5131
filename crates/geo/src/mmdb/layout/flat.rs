//! The flat layouts of ip-location-db and `IPinfo`.

use serde::Deserialize;

use super::cell::{Number, country_code, said};
use crate::country;
use crate::mmdb::Record;
use crate::place::{AutonomousSystem, Place};

/// A record. Which keys there are depends on the maker and the product.
#[derive(Deserialize)]
pub(super) struct Flat<'a> {
    country_code: Option<&'a str>,
    /// `IPinfo`: the code in some products, the name in others.
    country: Option<&'a str>,
    country_name: Option<&'a str>,
    /// ip-location-db's name of the region.
    state1: Option<&'a str>,
    /// `IPinfo`'s name of the region.
    region: Option<&'a str>,
    region_code: Option<&'a str>,
    city: Option<&'a str>,
    latitude: Option<Number>,
    longitude: Option<Number>,
    lat: Option<Number>,
    lng: Option<Number>,
    autonomous_system_number: Option<Number>,
    autonomous_system_organization: Option<&'a str>,
    asn: Option<Number>,
    as_name: Option<&'a str>,
    /// `IPinfo`'s name of the system in its database of systems, where `country` is the country in
    /// which the system is registered and not where the address is.
    name: Option<&'a str>,
}

impl Flat<'_> {
    pub(super) fn into_record(self) -> Record {
        let number = self.autonomous_system_number.or(self.asn).and_then(Number::system);
        let names = [self.autonomous_system_organization, self.as_name, self.name];
        let name = names.into_iter().find_map(said);
        Record {
            system: number.map(|number| AutonomousSystem { number, name }),
            place: self.into_place(),
        }
    }

    fn into_place(self) -> Option<Place> {
        if self.name.is_some() {
            return None;
        }
        let code = country_code(self.country_code).or_else(|| country_code(self.country))?;
        let written = self.country.filter(|it| country_code(Some(it)).is_none());
        let name = || country::name(code).map(str::to_owned);
        Some(Place {
            country_code: Some(code.to_owned()),
            country_name: said(self.country_name).or_else(|| said(written)).or_else(name),
            region_code: said(self.region_code),
            region_name: said(self.region).or_else(|| said(self.state1)),
            city: said(self.city),
            latitude: self.latitude.or(self.lat).and_then(|it| it.degrees(90.0)),
            longitude: self.longitude.or(self.lng).and_then(|it| it.degrees(180.0)),
        })
    }
}
