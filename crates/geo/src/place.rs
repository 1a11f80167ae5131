//! What is known of an address.

/// Where an address is. Nothing in it is empty text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// ISO 3166-1, two letters.
    pub country_code: Option<String>,
    /// The country's name in English.
    pub country_name: Option<String>,
    /// ISO 3166-2, without the country.
    pub region_code: Option<String>,
    /// The first subdivision of the country: a state, a province, a land.
    pub region_name: Option<String>,
    /// The city's name in English.
    pub city: Option<String>,
    /// Degrees, north is positive.
    pub latitude: Option<f64>,
    /// Degrees, east is positive.
    pub longitude: Option<f64>,
}

/// Who announces an address to the internet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutonomousSystem {
    /// Its number, never 0.
    pub number: u32,
    /// Its name, if the database has one.
    pub name: Option<String>,
}
