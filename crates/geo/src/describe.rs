//! What the databases are, for people: their names, days and licences.

use std::fmt;

use chrono::NaiveDate;

use crate::asn::AsnTable;
use crate::aws_ranges::AwsRanges;
use crate::mmdb::{Database, Holds};

/// What a database knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Countries, regions, cities and coordinates.
    City,
    /// Countries.
    Country,
    /// Countries and autonomous systems.
    CountryAndSystem,
    /// Autonomous systems.
    System,
    /// AWS's services and regions.
    AwsRanges,
}

/// One database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// What it is called.
    pub name: String,
    /// What it knows.
    pub kind: Kind,
    /// The day on which it was made (UTC), if it says so.
    pub built: Option<NaiveDate>,
    /// What its licence asks to be shown beside results, if we know.
    pub attribution: Option<&'static str>,
}

/// The stamp of the database: short, and the same for the same database.
impl fmt::Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.built {
            Some(built) => write!(formatter, "{} {built}", self.name),
            None => formatter.write_str(&self.name),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::City => "city",
            Self::Country => "country",
            Self::CountryAndSystem => "country and asn",
            Self::System => "asn",
            Self::AwsRanges => "aws ranges",
        })
    }
}

/// What the makers' licences ask for, by a part of the type or the name in small letters.
const ATTRIBUTIONS: &[(&str, &str)] = &[
    (
        "geolite2",
        "This product includes GeoLite Data created by MaxMind, available from \
         https://www.maxmind.com",
    ),
    ("dbip", "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0"),
    ("ipinfo", "IP address data is powered by IPinfo (https://ipinfo.io), CC BY-SA 4.0"),
];

/// What the licence of `@ip-location-db/asn` asks for.
const ASN_ATTRIBUTION: &str = "AS numbers by RouteViews (https://www.routeviews.org), NRO \
    (https://www.nro.net) and DB-IP (https://db-ip.com), merged by ip-location-db, CC BY 4.0";

impl Database {
    /// Returns what the database is.
    #[must_use]
    pub fn describe(&self) -> Description {
        let Holds { country, city, system } = self.holds();
        let kind = match (country, city, system) {
            (_, true, _) => Kind::City,
            (true, false, true) => Kind::CountryAndSystem,
            (true, false, false) => Kind::Country,
            (false, false, _) => Kind::System,
        };
        let words = format!("{} {}", self.database_type(), self.name()).to_lowercase();
        let known = ATTRIBUTIONS.iter().find(|it| words.contains(it.0));
        let attribution = known.map(|it| it.1);
        Description { name: self.name().to_owned(), kind, built: self.built(), attribution }
    }
}

impl AsnTable {
    /// Returns what the table is.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description {
            name: self.name().to_owned(),
            kind: Kind::System,
            built: self.built(),
            attribution: Some(ASN_ATTRIBUTION),
        }
    }
}

impl AwsRanges {
    /// Returns what the list is.
    #[must_use]
    pub fn describe(&self) -> Description {
        Description {
            name: self.name().to_owned(),
            kind: Kind::AwsRanges,
            built: self.built(),
            attribution: None,
        }
    }
}
