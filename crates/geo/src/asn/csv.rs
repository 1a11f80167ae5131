//! Lines of ranges: `1.0.0.0,1.0.0.255,13335,"Cloudflare, Inc."`.

use std::borrow::Cow;
use std::net::IpAddr;

/// Bytes of a name; the longest real ones have some 100.
const NAME_BYTES_MAX: usize = 1_000;

/// What a line says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub(super) first: IpAddr,
    pub(super) last: IpAddr,
    pub(super) number: u32,
    /// Without quotes; empty if there is none.
    pub(super) name: Cow<'a, str>,
}

/// Reads a line, or says what is wrong with it.
pub(super) fn parse(line: &str) -> Result<Line<'_>, String> {
    let mut cells = line.splitn(4, ',');
    let mut cell = || cells.next().map(unquote);
    let (Some(first), Some(last), Some(number)) = (cell(), cell(), cell()) else {
        return Err("fewer than three fields".to_owned());
    };
    let name = cell().unwrap_or_default();
    let first = parse_address(&first)?;
    let last = parse_address(&last)?;
    if first.is_ipv4() != last.is_ipv4() || first > last {
        return Err(format!("`{first}` to `{last}` is no range"));
    }
    let digits = number.strip_prefix("AS").unwrap_or(&number);
    let number = digits.parse().map_err(|_| format!("`{}` is no AS number", shown(&number)))?;
    if name.len() > NAME_BYTES_MAX {
        return Err(format!("a name of more than {NAME_BYTES_MAX} bytes"));
    }
    Ok(Line { first, last, number, name })
}

fn parse_address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| format!("`{}` is no address", shown(text)))
}

/// The beginning of a value, for a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// Takes the quotes of CSV away, if there are any; two inside stand for one.
fn unquote(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    match cell.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
        Some(inner) if inner.contains("\"\"") => Cow::Owned(inner.replace("\"\"", "\"")),
        Some(inner) => Cow::Borrowed(inner),
        None => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    fn check(line: &str) -> String {
        match parse(line) {
            Ok(Line { first, last, number, name }) => format!("{first} {last} {number} [{name}]"),
            Err(reason) => reason,
        }
    }

    #[test]
    fn lines_are_read() {
        assert_snapshot!(check("1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\""), @"1.0.0.0 1.0.0.255 13335 [Cloudflare, Inc.]");
        assert_snapshot!(check("2.26.200.0,2.26.215.255,201907,\"LLC \"\"SPUTNIK\"\"\"\r"), @r#"2.26.200.0 2.26.215.255 201907 [LLC "SPUTNIK"]"#);
        assert_snapshot!(check("2001:200::,2001:200:1b9::,2500,WIDE Project"), @"2001:200:: 2001:200:1b9:: 2500 [WIDE Project]");
        assert_snapshot!(check("1.0.0.0,1.0.0.255,AS13335"), @"1.0.0.0 1.0.0.255 13335 []");
    }

    #[test]
    fn what_is_wrong_with_a_line_is_said() {
        assert_snapshot!(check(""), @"fewer than three fields");
        assert_snapshot!(check("16777216,16777471,13335,Cloudflare"), @"`16777216` is no address");
        assert_snapshot!(check("1.0.0.9,1.0.0.1,13335,Cloudflare"), @"`1.0.0.9` to `1.0.0.1` is no range");
        assert_snapshot!(check("1.0.0.0,2001::,13335,Cloudflare"), @"`1.0.0.0` to `2001::` is no range");
        assert_snapshot!(check("1.0.0.0,1.0.0.255,AU"), @"`AU` is no AS number");
        assert_snapshot!(check("1.0.0.0,1.0.0.255,4294967296,x"), @"`4294967296` is no AS number");
    }
}
