//! Single values, which makers write in different ways.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A number, or text with one: coordinates as `"52.5"`, AS numbers as `"AS64500"`.
///
/// Text that is no number is `None`: makers write empty text for what they do not know.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Number(Option<f64>);

impl Number {
    /// Returns degrees, if they are between `-max` and `max`.
    pub(super) fn degrees(self, max: f64) -> Option<f64> {
        self.0.filter(|it| it.abs() <= max)
    }

    /// Returns the number of an autonomous system. 0 is no system (RFC 7607).
    pub(super) fn system(self) -> Option<u32> {
        let number = self.0.filter(|it| *it >= 1.0 && *it <= f64::from(u32::MAX))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it was just compared with the bounds"
        )]
        let number = number as u32;
        Some(number)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, or text with one")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Number, E> {
        Ok(Number(Some(number)))
    }

    fn visit_f32<E: Error>(self, number: f32) -> Result<Number, E> {
        // Its shortest text, read again: 52.3 is 52.3 and not 52.29999923706055.
        Ok(Number(number.to_string().parse().ok()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Number, E> {
        Ok(Number(u32::try_from(number).ok().map(f64::from)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Number, E> {
        Ok(Number(i32::try_from(number).ok().map(f64::from)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Number, E> {
        let digits = text.strip_prefix("AS").unwrap_or(text);
        Ok(Number(digits.parse().ok().filter(|it: &f64| it.is_finite())))
    }
}

/// Returns `text` if it says something.
pub(super) fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// Returns `text` if it has the form of a code of ISO 3166-1. `ZZ` means unknown.
pub(super) fn country_code(text: Option<&str>) -> Option<&str> {
    text.filter(|it| it.len() == 2 && *it != "ZZ" && it.bytes().all(|b| b.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer as _;
    use serde::de::value::{Error, F32Deserializer, StrDeserializer};

    use super::*;

    #[test]
    fn numbers_are_read_from_text() {
        let check = |text: &str, system: Option<u32>, degrees: Option<f64>| {
            let cell: StrDeserializer<'_, Error> = text.into_deserializer();
            let number = Number::deserialize(cell).unwrap();
            assert_eq!((number.system(), number.degrees(90.0)), (system, degrees), "{text}");
        };
        check("AS64500", Some(64_500), None);
        check("4294967295", Some(u32::MAX), None);
        check("4294967296", None, None);
        check("AS0", None, Some(0.0));
        check("-33.5", None, Some(-33.5));
        check("NaN", None, None);
        check("", None, None);
        check("unknown", None, None);
    }

    #[test]
    fn a_short_float_keeps_the_digits_that_were_written() {
        let cell: F32Deserializer<Error> = 52.3_f32.into_deserializer();
        assert_eq!(Number::deserialize(cell).unwrap().degrees(90.0), Some(52.3));
    }

    #[test]
    fn a_code_of_a_country_is_two_capital_letters() {
        let check = |text: &str, expected: bool| {
            assert_eq!(country_code(Some(text)).is_some(), expected, "{text}");
        };
        check("DE", true);
        check("ZZ", false);
        check("de", false);
        check("None", false);
        check("", false);
        check("\u{e9}", false);
    }
}
