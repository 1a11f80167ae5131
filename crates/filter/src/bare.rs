//! Values that stand alone: what is written tells which field is meant.

use tidegate_model::names;

use crate::error::Wrong;
use crate::field::{self, Field, FieldKind};
use crate::nearest::nearest;
use crate::tree::{Term, Test};
use crate::value::{self, Value};

/// Beginnings of identifiers, and the field that has them; longer ones first.
const IDS: &[(&str, &str)] = &[
    ("tgw-attach-", "tgw_attachment_id"),
    ("subnet-", "subnet_id"),
    ("eni-", "interface"),
    ("vpc-", "vpc_id"),
    ("tgw-", "tgw_id"),
    ("sg-", "security_group"),
    ("i-", "instance_id"),
];

/// Fields whose values may stand alone.
const FIXED: [&str; 2] = ["action", "direction"];

/// Protocols whose names may stand alone; of others, the name is also that of something else.
pub(crate) const PROTOCOLS: [&str; 10] =
    ["tcp", "udp", "icmp", "icmpv6", "icmp6", "ipv6-icmp", "igmp", "gre", "esp", "sctp"];

/// Digits of an account.
const ACCOUNT_DIGITS: usize = 12;

/// Returns the term that a lone value stands for.
pub(crate) fn term(word: &str) -> Result<Term, Wrong> {
    if let Some(address) = value::address(word) {
        return Ok(is("addr", vec![address]));
    }
    let is_digits = word.bytes().all(|it| it.is_ascii_digit());
    if is_digits && word.len() == ACCOUNT_DIGITS {
        return Ok(is("account_id", vec![Value::Text(word.to_owned())]));
    }
    for name in FIXED {
        let values = named(name).values;
        if let Some(known) = values.iter().find(|it| it.eq_ignore_ascii_case(word)) {
            return Ok(is(name, vec![Value::Text((*known).to_owned())]));
        }
    }
    if PROTOCOLS.iter().any(|it| it.eq_ignore_ascii_case(word))
        && let Some(number) = value::protocol_number(word)
    {
        return Ok(is("protocol", vec![Value::Number(number)]));
    }
    if let Some(number) = value::system_number(word) {
        return Ok(is("as", vec![Value::Number(number)]));
    }
    if let Some(flag) = field::find(word).filter(|it| it.kind == FieldKind::Flag) {
        return Ok(is(flag.name, vec![Value::Flag(true)]));
    }
    let id = IDS.iter().find(|it| has_prefix(word, it.0));
    if let Some((_, name)) = id {
        return Ok(is(name, vec![Value::Text(word.to_ascii_lowercase())]));
    }
    let port = word.strip_prefix(':').unwrap_or(word);
    match value::port(port) {
        Ok(ports) => Ok(is("port", ports)),
        Err(wrong) if port.starts_with(|it: char| it.is_ascii_digit()) && is_digits => Err(wrong),
        Err(_) => Err(unknown(word)),
    }
}

fn has_prefix(word: &str, prefix: &str) -> bool {
    word.len() > prefix.len()
        && word.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix))
}

fn unknown(word: &str) -> Wrong {
    if let Some(field) = field::find(word) {
        let example = example(field);
        return Wrong::syntax(format!("`{}` needs an operator and a value", field.name))
            .help(format!("write `{} {example}`", field.name));
    }
    if let Some((name, value)) = word.split_once(':')
        && let Some(field) = field::find(name)
    {
        return Wrong::syntax(format!("`{}` needs an operator before its value", field.name))
            .meant(vec![format!("{} = {value}", field.name)]);
    }
    let fixed = FIXED.iter().flat_map(|it| named(it).values.iter().copied());
    let words = fixed.chain(PROTOCOLS).chain(field::names());
    let words = words.chain(names::services().map(|it| it.0));
    Wrong::syntax(format!("`{word}` alone is no address, port, protocol, action or identifier"))
        .meant(nearest(word, words))
        .help("write a field, an operator and a value, as `dstport = 22`")
}

/// Returns what may stand behind a field.
fn example(field: &Field) -> String {
    use FieldKind::{
        Address, Country, Date, Decimal, Flag, List, Number, Port, Protocol, System, Text, Time,
    };
    let fixed = match field.kind {
        Address => "= 10.0.0.0/8",
        Port => "= 443",
        Protocol => "= tcp",
        Number | Decimal => "> 10",
        Time => ">= 2026-03-02T10:00Z",
        Date => "= 2026-03-02",
        Flag => "= true",
        Country => "= US",
        System => "= AS15169",
        Text | List => {
            let value = field.values.first().copied().unwrap_or("value");
            return format!("= {value}");
        }
    };
    fixed.to_owned()
}

fn is(name: &str, values: Vec<Value>) -> Term {
    Term { field: named(name), test: Test::In(values) }
}

fn named(name: &str) -> &'static Field {
    field::find(name).unwrap_or_else(|| unreachable!("`{name}` is in the table of fields"))
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    fn check(text: &str, expected: &str) {
        let read = match Filter::parse(text) {
            Ok(filter) => filter.to_string(),
            Err(error) => format!("{error}; {}", error.hint().unwrap_or_default()),
        };
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn a_lone_value_tells_its_field() {
        check("10.0.0.5", "addr = 10.0.0.5");
        check("10.0.0.0/8", "addr in 10.0.0.0/8");
        check("2001:db8::1", "addr = 2001:db8::1");
        check("443", "port = 443");
        check(":443", "port = 443");
        check("1000-2000", "port in 1000-2000");
        check("ssh", "port = 22");
        check("RDP", "port = 3389");
        check("tcp", "protocol = tcp");
        check("reject", "action = REJECT");
        check("Ingress", "direction = ingress");
        check("eni-0A", "interface = eni-0a");
        check("sg-0abc", "security_group = sg-0abc");
        check("i-0abc", "instance_id = i-0abc");
        check("vpc-1", "vpc_id = vpc-1");
        check("subnet-1", "subnet_id = subnet-1");
        check("tgw-1", "tgw_id = tgw-1");
        check("tgw-attach-1", "tgw_attachment_id = tgw-attach-1");
        check("123456789012", "account_id = 123456789012");
        check("AS15169", "as = 15169");
        check("counted", "counted = true");
        check("not dst-is-private", "dst_is_private != true");
        check("-reject -22", "action != REJECT and port != 22");
    }

    #[test]
    fn a_lone_word_that_tells_nothing_is_an_error_with_a_way_on() {
        check(
            "germany",
            "`germany` alone is no address, port, protocol, action or identifier; write a field, an operator and a value, as `dstport = 22`",
        );
        check(
            "rejct",
            "`rejct` alone is no address, port, protocol, action or identifier; did you mean `REJECT`?",
        );
        check("action", "`action` needs an operator and a value; write `action = ACCEPT`");
        check("port:22", "`port` needs an operator before its value; did you mean `port = 22`?");
        check("70000", "`70000` is no port: they go from 0 to 65535; ");
        check(
            "eni-",
            "`eni-` alone is no address, port, protocol, action or identifier; did you mean `eni`?",
        );
    }
}
