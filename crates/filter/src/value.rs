//! Values, and how they are read for the kind of a field.

use std::net::IpAddr;

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use tidegate_model::cidr::Cidr;
use tidegate_model::{moment, names};

use crate::error::Wrong;
use crate::field::{Field, FieldKind};
use crate::nearest::nearest;

/// A value that a field is compared with.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// An address.
    Address(IpAddr),
    /// A block of addresses; one of a single address is [`Address`](Self::Address).
    Block(Cidr),
    /// A whole number; of a port or a protocol too.
    Number(i64),
    /// The numbers from the first to the second, both included.
    Range(i64, i64),
    /// A number.
    Decimal(f64),
    /// A moment.
    Time(DateTime<Utc>),
    /// A day.
    Date(NaiveDate),
    /// Yes or no.
    Flag(bool),
    /// Text.
    Text(String),
}

const PORT_MAX: i64 = 65_535;
const PROTOCOL_MAX: i64 = 255;
const SYSTEM_MAX: i64 = 4_294_967_295;

/// Digits behind the point that are read; more are no number of anything here.
const FRACTION_DIGITS_MAX: usize = 9;

/// Units of numbers: the letter, and the powers of 1,000 and of 1,024.
const UNITS: &[(char, i128, i128)] = &[
    ('k', 1_000, 1 << 10),
    ('m', 1_000_000, 1 << 20),
    ('g', 1_000_000_000, 1 << 30),
    ('t', 1_000_000_000_000, 1 << 40),
    ('p', 1_000_000_000_000_000, 1 << 50),
];

/// Names of protocols beside those of the registry.
const PROTOCOL_ALIASES: &[(&str, &str)] = &[("icmpv6", "ipv6-icmp"), ("icmp6", "ipv6-icmp")];

/// Reads the values that `text` stands for: one, or the several ports of a service.
pub(crate) fn read(field: &Field, text: &str) -> Result<Vec<Value>, Wrong> {
    let one = match field.kind {
        FieldKind::Address => address(text).ok_or_else(|| no_address(text)),
        FieldKind::Port => return port(text),
        FieldKind::Protocol => protocol(text),
        FieldKind::Number => number_or_range(field, text),
        FieldKind::Decimal => decimal(field, text),
        FieldKind::Time => time(field, text).map(Value::Time),
        FieldKind::Date => date(field, text).map(Value::Date),
        FieldKind::Flag => flag(field, text),
        FieldKind::Text | FieldKind::List => word(field, text),
        FieldKind::Country => Ok(country(text)),
        FieldKind::System => Ok(system(text)),
    };
    one.map(|it| vec![it])
}

/// Reads an address or a block of addresses.
pub(crate) fn address(text: &str) -> Option<Value> {
    let cidr = Cidr::parse(text)?;
    let is_one = cidr.n_bits() == if cidr.first().is_ipv4() { 32 } else { 128 };
    Some(if is_one { Value::Address(cidr.first()) } else { Value::Block(cidr) })
}

/// Reads the ports that a text names: a number, a range, or a service.
pub(crate) fn port(text: &str) -> Result<Vec<Value>, Wrong> {
    if let Some(value) = whole_or_range(text) {
        return within(value, PORT_MAX).map(|it| vec![it]).ok_or_else(|| {
            Wrong::value(format!("`{text}` is no port: they go from 0 to {PORT_MAX}"))
        });
    }
    let ports = names::ports(text);
    if ports.is_empty() {
        let near = nearest(text, names::services().map(|it| it.0));
        return Err(Wrong::value(format!(
            "`{text}` is no port, and no service that is known here"
        ))
        .meant(near)
        .help("write a number (443), a range (1000-2000) or a service (https)"));
    }
    Ok(ports.into_iter().map(Value::Number).collect())
}

fn protocol(text: &str) -> Result<Value, Wrong> {
    if let Some(value) = whole_or_range(text) {
        return within(value, PROTOCOL_MAX).ok_or_else(|| {
            Wrong::value(format!("`{text}` is no protocol: they go from 0 to {PROTOCOL_MAX}"))
        });
    }
    protocol_number(text).map(Value::Number).ok_or_else(|| {
        Wrong::value(format!("`{text}` is no protocol that is known here"))
            .meant(nearest(text, names::protocols()))
            .help("write a name (tcp, udp, icmp) or the number of IANA (6, 17, 1)")
    })
}

/// Returns the number of a protocol by its name.
pub(crate) fn protocol_number(text: &str) -> Option<i64> {
    let alias = PROTOCOL_ALIASES.iter().find(|it| it.0.eq_ignore_ascii_case(text));
    names::protocol_number(alias.map_or(text, |it| it.1))
}

fn within(value: Value, max: i64) -> Option<Value> {
    let is_within = match value {
        Value::Number(it) | Value::Range(_, it) => it <= max,
        _ => false,
    };
    is_within.then_some(value)
}

/// Reads digits, or two of them with `-` between, the smaller first.
fn whole_or_range(text: &str) -> Option<Value> {
    match text.split_once('-') {
        Some((from, to)) => {
            let (from, to) = (digits(from)?, digits(to)?);
            (from <= to).then_some(Value::Range(from, to))
        }
        None => digits(text).map(Value::Number),
    }
}

fn digits(text: &str) -> Option<i64> {
    let is_digits = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if is_digits { text.parse().ok() } else { None }
}

fn number_or_range(field: &Field, text: &str) -> Result<Value, Wrong> {
    let range = text.split_once('-').and_then(|(from, to)| {
        let (from, to) = (number(from)?, number(to)?);
        (from <= to).then_some(Value::Range(from, to))
    });
    range.or_else(|| number(text).map(Value::Number)).ok_or_else(|| {
        let wrong = Wrong::value(format!("`{}` is a whole number, `{text}` is not", field.name));
        wrong.help("write digits, perhaps with a unit: 1500, 10k, 10MiB, 1.5GiB")
    })
}

/// Reads `1500`, `10k`, `10MiB`, `1.5G`.
fn number(text: &str) -> Option<i64> {
    let n_bytes = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (amount, unit) = text.split_at(n_bytes);
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let is_plain = fraction.is_empty() && amount.contains('.');
    if whole.is_empty() || is_plain || fraction.len() > FRACTION_DIGITS_MAX {
        return None;
    }
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let whole: i128 = digits(whole)?.into();
    let fraction: i128 = if fraction.is_empty() { 0 } else { digits(fraction)?.into() };
    let amount = (whole * scale + fraction).checked_mul(unit_of(unit)?)?;
    if amount % scale == 0 { i64::try_from(amount / scale).ok() } else { None }
}

fn unit_of(text: &str) -> Option<i128> {
    let text = text.to_ascii_lowercase();
    let text = text.strip_suffix('b').unwrap_or(&text);
    let mut letters = text.chars();
    let Some(letter) = letters.next() else { return Some(1) };
    let (_, decimal, binary) = UNITS.iter().find(|it| it.0 == letter)?;
    match letters.as_str() {
        "" => Some(*decimal),
        "i" => Some(*binary),
        _ => None,
    }
}

fn decimal(field: &Field, text: &str) -> Result<Value, Wrong> {
    let is_number = text.bytes().all(|it| it.is_ascii_digit() || b".-+eE".contains(&it));
    let number = text.parse::<f64>().ok().filter(|it| is_number && it.is_finite());
    number
        .map(Value::Decimal)
        .ok_or_else(|| Wrong::value(format!("`{}` is a number, `{text}` is not", field.name)))
}

fn time(field: &Field, text: &str) -> Result<DateTime<Utc>, Wrong> {
    let of_number = |number: i64| match text.len() {
        9..=10 => DateTime::from_timestamp(number, 0),
        12..=13 => DateTime::from_timestamp_millis(number),
        _ => None,
    };
    let moment = digits(text).and_then(of_number).or_else(|| moment::absolute(text));
    let moment = moment.ok_or_else(|| no_time(field, text))?;
    if moment::is_within_reach(moment) { Ok(moment) } else { Err(no_year(field, text)) }
}

fn date(field: &Field, text: &str) -> Result<NaiveDate, Wrong> {
    let date = moment::date(text).ok_or_else(|| no_date(text))?;
    if moment::YEARS.contains(&date.year()) { Ok(date) } else { Err(no_year(field, text)) }
}

fn flag(field: &Field, text: &str) -> Result<Value, Wrong> {
    let is = |words: [&str; 2]| words.iter().any(|it| it.eq_ignore_ascii_case(text));
    match (is(["true", "yes"]), is(["false", "no"])) {
        (true, _) => Ok(Value::Flag(true)),
        (_, true) => Ok(Value::Flag(false)),
        _ => Err(Wrong::value(format!("`{}` is `true` or `false`", field.name))
            .meant(nearest(text, ["true", "false"]))),
    }
}

fn word(field: &Field, text: &str) -> Result<Value, Wrong> {
    if let Some(known) = field.values.iter().find(|it| it.eq_ignore_ascii_case(text)) {
        return Ok(Value::Text((*known).to_owned()));
    }
    if field.is_closed {
        return Err(Wrong::value(format!("`{}` is {}", field.name, either(field.values)))
            .meant(nearest(text, field.values.iter().copied())));
    }
    let is_code = field.name.ends_with("_country_code");
    Ok(Value::Text(if is_code { text.to_ascii_uppercase() } else { text.to_owned() }))
}

/// Returns the words as in a sentence.
fn either(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn country(text: &str) -> Value {
    let is_code = text.len() == 2 && text.bytes().all(|it| it.is_ascii_alphabetic());
    Value::Text(if is_code { text.to_ascii_uppercase() } else { text.to_owned() })
}

/// Whether the value of a field of this kind, which has identifiers and names, is an identifier.
pub(crate) fn is_id(kind: FieldKind, value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        // A name of a system may look like the letters of a country.
        Value::Text(text) if kind == FieldKind::Country => {
            text.len() == 2 && text.bytes().all(|it| it.is_ascii_uppercase())
        }
        _ => false,
    }
}

/// Reads the number of an autonomous system: `AS15169`.
pub(crate) fn system_number(text: &str) -> Option<i64> {
    let (prefix, number) = text.split_at_checked(2)?;
    let number = digits(number).filter(|it| *it <= SYSTEM_MAX)?;
    prefix.eq_ignore_ascii_case("AS").then_some(number)
}

fn system(text: &str) -> Value {
    let number = digits(text).filter(|it| *it <= SYSTEM_MAX).or_else(|| system_number(text));
    number.map_or_else(|| Value::Text(text.to_owned()), Value::Number)
}

fn no_address(text: &str) -> Wrong {
    Wrong::value(format!("`{text}` is no address and no block of addresses"))
        .help("write an address (10.0.0.5, 2001:db8::1) or a block (10.0.0.0/8, 2001:db8::/32)")
}

fn no_time(field: &Field, text: &str) -> Wrong {
    Wrong::value(format!("`{}` is a moment, `{text}` is none that can be read", field.name)).help(
        "write a time (2026-03-02T10:00Z), a date (2026-03-02) or seconds since 1970; all is UTC",
    )
}

fn no_year(field: &Field, text: &str) -> Wrong {
    let (first, last) = (moment::YEARS.start(), moment::YEARS.end());
    let message = format!("`{}` is `{text}`, and only years from {first} to {last}", field.name);
    Wrong::value(format!("{message} can be asked for"))
        .help("leave the comparison out, or write a time nearer to now")
}

fn no_date(text: &str) -> Wrong {
    Wrong::value(format!("`{text}` is no date")).help("write it as 2026-03-02")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::find;
    use crate::print::value_of;

    fn check(name: &str, text: &str, expected: &str) {
        let field = find(name).unwrap();
        let read = match read(field, text) {
            Ok(values) => {
                let shown: Vec<String> = values.iter().map(|it| value_of(field, it)).collect();
                shown.join(", ")
            }
            Err(wrong) => wrong.at(0..0, "").message,
        };
        assert_eq!(read, expected, "{name} {text}");
    }

    #[test]
    fn a_value_is_read_as_its_field_asks() {
        check("srcaddr", "10.1.2.3/8", "10.0.0.0/8");
        check("srcaddr", "10.1.2.3/32", "10.1.2.3");
        check("srcaddr", "2001:DB8:0::1", "2001:db8::1");
        check("dstport", "SSH", "22");
        check("dstport", "http-alt", "8000, 8080, 8081, 8888");
        check("dstport", "1000-2000", "1000-2000");
        check("protocol", "TCP", "tcp");
        check("protocol", "17", "udp");
        check("protocol", "icmp6", "ipv6-icmp");
        check("protocol", "200", "200");
        check("bytes", "10MiB", "10MiB");
        check("bytes", "1.5GiB", "1536MiB");
        check("bytes", "10k", "10000");
        check("bytes", "1k-1M", "1000-1000000");
        check("packets", "10240", "10240");
        check("start", "2026-03-02", "2026-03-02T00:00:00Z");
        check("start", "2026-03-02 10:00", "2026-03-02T10:00:00Z");
        check("start", "2026-03-02T10:00:00.5+02:00", "2026-03-02T08:00:00.500Z");
        check("start", "1713441600", "2024-04-18T12:00:00Z");
        check("date", "2024-02-29", "2024-02-29");
        check("counted", "Yes", "true");
        check("action", "accept", "ACCEPT");
        check("type", "ipv6", "IPv6");
        check("type", "other", "other");
        check("country", "us", "US");
        check("country", "Germany", "Germany");
        check("src_country_code", "de", "DE");
        check("as", "as15169", "15169");
        check("as", "GOOGLE", "GOOGLE");
        check("src_latitude", "-5.25", "-5.25");
    }

    #[test]
    fn what_is_no_value_of_the_field_says_what_would_be() {
        check("srcaddr", "10.0.0", "`10.0.0` is no address and no block of addresses");
        check("srcaddr", "10.0.0.0/33", "`10.0.0.0/33` is no address and no block of addresses");
        check("dstport", "65536", "`65536` is no port: they go from 0 to 65535");
        check("dstport", "20-10", "`20-10` is no port, and no service that is known here");
        check("protocol", "256", "`256` is no protocol: they go from 0 to 255");
        check("bytes", "1.5", "`bytes` is a whole number, `1.5` is not");
        check(
            "bytes",
            "99999999999999999999",
            "`bytes` is a whole number, `99999999999999999999` is not",
        );
        check("bytes", "9000000PiB", "`bytes` is a whole number, `9000000PiB` is not");
        check("bytes", "10 MiB", "`bytes` is a whole number, `10 MiB` is not");
        check("start", "tomorrow", "`start` is a moment, `tomorrow` is none that can be read");
        check("date", "2024-02-30", "`2024-02-30` is no date");
        check("counted", "maybe", "`counted` is `true` or `false`");
        check("log_status", "FINE", "`log_status` is `OK`, `NODATA` or `SKIPDATA`");
        let years = "years from 1970 to 2261 can be asked for";
        for text in ["9999-12-31T00:00:00Z", "1500-01-01 00:00", "9999999999", "0000-01-01"] {
            check("end", text, &format!("`end` is `{text}`, and only {years}"));
        }
        check("date", "9999-12-31", &format!("`date` is `9999-12-31`, and only {years}"));
        check("src_latitude", "inf", "`src_latitude` is a number, `inf` is not");
    }
}
