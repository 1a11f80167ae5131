//! A term to a condition over the columns of its field.
//!
//! The forms are those that leave files, row groups and rows out: comparisons of plain columns with
//! constants. An end of the connection is written out as what it follows from, since ranges and
//! bloom filters know nothing of `client_addr`.

use chrono::SecondsFormat;
use tidegate_model::cidr::Cidr;

use crate::field::{Columns, FieldKind};
use crate::tree::{Term, Test};
use crate::value::{self, Value};

/// Returns the condition that the term passes, or that it does not, as one operand of `AND`.
pub(crate) fn condition(term: &Term, is_negated: bool) -> String {
    match (&term.test, term.field.columns) {
        (Test::IsNull, columns) => is_null(columns, is_negated),
        (Test::In(values), Columns::One(column)) if is_negated && has_plain(term, values) => {
            let (equal, other) = (quoted(column), literals(values));
            match other.as_slice() {
                [one] => format!("({equal} <> {one} OR {equal} IS NULL)"),
                many => format!("({equal} NOT IN ({}) OR {equal} IS NULL)", many.join(", ")),
            }
        }
        _ if is_negated => format!("({}) IS NOT TRUE", any(&across(term))),
        _ => one(&across(term)),
    }
}

/// Whether the values are compared one by one with the column itself.
fn has_plain(term: &Term, values: &[Value]) -> bool {
    let is_plain = |it: &Value| !matches!(it, Value::Block(_) | Value::Range(_, _));
    term.field.kind != FieldKind::List && values.iter().all(is_plain)
}

fn is_null(columns: Columns, is_negated: bool) -> String {
    let (is, word) = if is_negated { ("IS NOT NULL", " OR ") } else { ("IS NULL", " AND ") };
    let columns: &[&str] = match &columns {
        Columns::One(column) | Columns::Side { column, .. } | Columns::Call { column, .. } => {
            std::slice::from_ref(column)
        }
        Columns::Either(columns) | Columns::Named { ids: columns, .. } => columns,
    };
    let parts: Vec<String> = columns.iter().map(|it| format!("{} {is}", quoted(it))).collect();
    if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(word)) }
}

/// Returns conditions of which one must be true: over all columns of the field.
fn across(term: &Term) -> Vec<String> {
    match term.field.columns {
        Columns::One(column) => tests(term, column),
        Columns::Either(columns) => columns.iter().flat_map(|it| tests(term, it)).collect(),
        Columns::Side { if_src, if_dst, .. } => vec![
            format!("(initiator = 'src' AND {})", first_of(term, if_src)),
            format!("(initiator = 'dst' AND {})", first_of(term, if_dst)),
        ],
        Columns::Call { function, column } => called(term, function, column),
        Columns::Named { ids, names } => named(term, ids, names),
    }
}

fn called(term: &Term, function: &str, column: &str) -> Vec<String> {
    let call = format!("{function}({column})");
    match &term.test {
        Test::In(values) if term.field.kind == FieldKind::Flag => {
            let one = |it: &Value| {
                let is_meant = *it == Value::Flag(true);
                if is_meant { call.clone() } else { format!("NOT {call}") }
            };
            values.iter().map(one).collect()
        }
        _ => tests(term, &call),
    }
}

/// Returns the condition on the first of two columns that has a value.
fn first_of(term: &Term, columns: &[&str]) -> String {
    let (last, before) = columns.split_last().unwrap_or((&"", &[]));
    let mut condition = one(&tests(term, last));
    for column in before.iter().rev() {
        let mut parts = tests(term, column);
        parts.push(format!("({} IS NULL AND {condition})", quoted(column)));
        condition = one(&parts);
    }
    condition
}

fn named(term: &Term, ids: &[&str], names: &[&str]) -> Vec<String> {
    let Test::In(values) = &term.test else {
        return names.iter().flat_map(|it| tests(term, it)).collect();
    };
    let (with_id, with_name): (Vec<Value>, Vec<Value>) =
        values.iter().cloned().partition(|it| value::is_id(term.field.kind, it));
    let lower = |it: &Value| match it {
        Value::Text(text) => Value::Text(text.to_lowercase()),
        other => other.clone(),
    };
    let with_name: Vec<Value> = with_name.iter().map(lower).collect();
    let by_id = ids.iter().filter_map(|it| equals(&quoted(it), &with_id));
    let by_name = names.iter().filter_map(|it| equals(&format!("lower({it})"), &with_name));
    by_id.chain(by_name).collect()
}

/// Returns conditions of which one must be true of a column.
fn tests(term: &Term, column: &str) -> Vec<String> {
    let name = quoted(column);
    match &term.test {
        Test::In(values) if term.field.kind == FieldKind::List => vec![has(&name, values)],
        Test::In(values) => {
            let (within, plain): (Vec<Value>, Vec<Value>) = values
                .iter()
                .cloned()
                .partition(|it| matches!(it, Value::Block(_) | Value::Range(_, _)));
            let mut parts: Vec<String> = equals(&name, &plain).into_iter().collect();
            parts.extend(within.iter().map(|it| lies(&name, it)));
            parts
        }
        Test::Contains(texts) => {
            let text = match term.field.kind {
                FieldKind::List => format!("lower(array_to_string({name}, ' '))"),
                _ => format!("lower({name})"),
            };
            texts.iter().map(|it| format!("contains({text}, {})", text_literal(it))).collect()
        }
        Test::Less(it) => vec![format!("{name} < {}", literal(it))],
        Test::AtMost(it) => vec![format!("{name} <= {}", literal(it))],
        Test::More(it) => vec![format!("{name} > {}", literal(it))],
        Test::AtLeast(it) => vec![format!("{name} >= {}", literal(it))],
        Test::IsNull => vec![format!("{name} IS NULL")],
    }
}

fn equals(name: &str, values: &[Value]) -> Option<String> {
    match literals(values).as_slice() {
        [] => None,
        [one] => Some(format!("{name} = {one}")),
        many => Some(format!("{name} IN ({})", many.join(", "))),
    }
}

fn has(name: &str, values: &[Value]) -> String {
    match literals(values).as_slice() {
        [one] => format!("array_has({name}, {one})"),
        many => format!("array_has_any({name}, make_array({}))", many.join(", ")),
    }
}

fn lies(name: &str, value: &Value) -> String {
    match value {
        Value::Block(cidr) => contains(*cidr, name),
        Value::Range(from, to) => format!("({name} >= {from} AND {name} <= {to})"),
        other => format!("{name} = {}", literal(other)),
    }
}

fn contains(cidr: Cidr, name: &str) -> String {
    format!("cidr_contains('{cidr}', {name})")
}

fn literals(values: &[Value]) -> Vec<String> {
    values.iter().map(literal).collect()
}

fn literal(value: &Value) -> String {
    match value {
        Value::Address(it) => format!("'{it}'"),
        Value::Block(it) => format!("'{it}'"),
        Value::Number(it) | Value::Range(it, _) => it.to_string(),
        Value::Decimal(it) => format!("{it:?}"),
        Value::Time(it) => {
            format!("TIMESTAMP '{}'", it.to_rfc3339_opts(SecondsFormat::AutoSi, true))
        }
        Value::Date(it) => format!("DATE '{it}'"),
        Value::Flag(it) => it.to_string(),
        Value::Text(it) => text_literal(it),
    }
}

fn text_literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Returns the column as SQL names it: one name is a key word.
fn quoted(column: &str) -> String {
    if column == "end" { "\"end\"".to_owned() } else { column.to_owned() }
}

fn any(parts: &[String]) -> String {
    parts.join(" OR ")
}

/// Returns that one of the conditions is true, as one operand of `AND`.
fn one(parts: &[String]) -> String {
    if parts.len() == 1 { parts.concat() } else { format!("({})", any(parts)) }
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    fn check(text: &str, expected: &str) {
        assert_eq!(Filter::parse(text).unwrap().sql(), expected, "{text}");
    }

    #[test]
    fn plain_columns_are_compared_with_constants() {
        check("srcaddr = 2001:DB8::1", "srcaddr = '2001:db8::1'");
        check("srcaddr in 10.0.0.0/8", "cidr_contains('10.0.0.0/8', srcaddr)");
        check(
            "srcaddr in (10.0.0.0/8, 1.2.3.4, 5.6.7.8)",
            "(srcaddr IN ('1.2.3.4', '5.6.7.8') OR cidr_contains('10.0.0.0/8', srcaddr))",
        );
        check("dstport in (22, 80-90)", "(dstport = 22 OR (dstport >= 80 AND dstport <= 90))");
        check("dstport in 80-90", "(dstport >= 80 AND dstport <= 90)");
        check("bytes >= 10KiB", "bytes >= 10240");
        check("end < 2026-03-02T10:00Z", "\"end\" < TIMESTAMP '2026-03-02T10:00:00Z'");
        check("date = 2026-03-02", "date = DATE '2026-03-02'");
        check("counted = false", "counted = false");
        check("initiator_confidence > 0.9", "initiator_confidence > 0.9");
        check("src_latitude > 1e20", "src_latitude > 1e20");
        check("region ~ EU", "contains(lower(region), 'eu')");
        check(
            "region ~ (eu, us)",
            "(contains(lower(region), 'eu') OR contains(lower(region), 'us'))",
        );
    }

    #[test]
    fn negation_keeps_what_has_no_value() {
        check("action != ACCEPT", "(action <> 'ACCEPT' OR action IS NULL)");
        check("dstport not in (1, 2)", "(dstport NOT IN (1, 2) OR dstport IS NULL)");
        check("dstport not in 1-2", "((dstport >= 1 AND dstport <= 2)) IS NOT TRUE");
        check("srcaddr != 10.0.0.0/8", "(cidr_contains('10.0.0.0/8', srcaddr)) IS NOT TRUE");
        check("region !~ eu", "(contains(lower(region), 'eu')) IS NOT TRUE");
        check("end is null", "\"end\" IS NULL");
        check("end is not null", "\"end\" IS NOT NULL");
    }

    #[test]
    fn a_field_over_columns_asks_all_of_them() {
        check(
            "addr = 10.0.0.5",
            "(srcaddr = '10.0.0.5' OR dstaddr = '10.0.0.5' OR pkt_srcaddr = '10.0.0.5' OR pkt_dstaddr = '10.0.0.5')",
        );
        check("port != 22", "(srcport = 22 OR dstport = 22) IS NOT TRUE");
        check("port is null", "(srcport IS NULL AND dstport IS NULL)");
        check("port is not null", "(srcport IS NOT NULL OR dstport IS NOT NULL)");
        check("country = us", "(src_country_code = 'US' OR dst_country_code = 'US')");
        check(
            "country in (US, Germany)",
            "(src_country_code = 'US' OR dst_country_code = 'US' OR lower(src_country_name) = 'germany' OR lower(dst_country_name) = 'germany')",
        );
        check("as = AS15169", "(src_as_number = 15169 OR dst_as_number = 15169)");
        check(
            "as ~ goog",
            "(contains(lower(src_as_name), 'goog') OR contains(lower(dst_as_name), 'goog'))",
        );
        check("as = KT", "(lower(src_as_name) = 'kt' OR lower(dst_as_name) = 'kt')");
        check("as is null", "(src_as_number IS NULL AND dst_as_number IS NULL)");
        check(
            "security_group in (sg-1, sg-2)",
            "(array_has_any(security_group_ids, make_array('sg-1', 'sg-2')) OR array_has_any(peer_security_group_ids, make_array('sg-1', 'sg-2')))",
        );
        check(
            "security_group_ids ~ 0A",
            "contains(lower(array_to_string(security_group_ids, ' ')), '0a')",
        );
    }

    #[test]
    fn what_follows_from_a_column_is_a_call() {
        check("dst_is_private = true", "is_private(dstaddr)");
        check("src_is_private = false", "NOT is_private(srcaddr)");
        check("tcp src_is_private = no", "protocol = 6 AND NOT is_private(srcaddr)");
        check("not dst_is_private", "(is_private(dstaddr)) IS NOT TRUE");
        check("dst_is_private != false", "(NOT is_private(dstaddr)) IS NOT TRUE");
        check("dst_is_private in (true, no)", "(is_private(dstaddr) OR NOT is_private(dstaddr))");
        check("dst_is_private is null", "dstaddr IS NULL");
    }

    #[test]
    fn an_end_of_the_connection_is_what_it_follows_from() {
        check(
            "client_addr = 10.0.0.5",
            "((initiator = 'src' AND (pkt_srcaddr = '10.0.0.5' OR (pkt_srcaddr IS NULL AND srcaddr = '10.0.0.5'))) \
             OR (initiator = 'dst' AND (pkt_dstaddr = '10.0.0.5' OR (pkt_dstaddr IS NULL AND dstaddr = '10.0.0.5'))))",
        );
        check(
            "server_port in (22, 80-90)",
            "((initiator = 'src' AND (dstport = 22 OR (dstport >= 80 AND dstport <= 90))) \
             OR (initiator = 'dst' AND (srcport = 22 OR (srcport >= 80 AND srcport <= 90))))",
        );
        check("client_addr is null", "client_addr IS NULL");
        check(
            "client_port != 1",
            "((initiator = 'src' AND srcport = 1) OR (initiator = 'dst' AND dstport = 1)) IS NOT TRUE",
        );
    }
}
