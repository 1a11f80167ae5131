//! A filter to a condition of SQL.
//!
//! SQL knows three truths, a filter two. `AND` and `OR` of conditions that are false or NULL where
//! a filter is false are so too; only `NOT` makes the difference. So it is pushed down to the
//! terms, where `IS NOT TRUE` (or a form that says the same and leaves files out) takes its place.

use crate::columns;
use crate::tree::Node;

/// Returns the condition, which may stand as it is before and behind `AND`.
pub(crate) fn sql(root: &Node) -> String {
    match root {
        Node::All(parts) if parts.is_empty() => "TRUE".to_owned(),
        _ => operand(root, false),
    }
}

/// Returns the condition that the node passes, or that it does not, as one operand of `AND`.
fn operand(node: &Node, is_negated: bool) -> String {
    match (node, is_negated) {
        (Node::Term(term), _) => columns::condition(term, is_negated),
        (Node::Not(inner), _) => operand(inner, !is_negated),
        (Node::All(parts), false) | (Node::Any(parts), true) => join(parts, " AND ", is_negated),
        (Node::Any(parts), false) | (Node::All(parts), true) => {
            format!("({})", join(parts, " OR ", is_negated))
        }
    }
}

fn join(parts: &[Node], word: &str, is_negated: bool) -> String {
    parts.iter().map(|it| operand(it, is_negated)).collect::<Vec<_>>().join(word)
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    fn check(text: &str, expected: &str) {
        assert_eq!(Filter::parse(text).unwrap().sql(), expected, "{text}");
    }

    #[test]
    fn terms_are_joined_as_they_were() {
        check("", "TRUE");
        check("tcp and srcport = 1", "protocol = 6 AND srcport = 1");
        check("tcp or udp", "(protocol = 6 OR protocol = 17)");
        check("tcp (srcport = 1 or srcport = 2)", "protocol = 6 AND (srcport = 1 OR srcport = 2)");
        check("tcp srcport = 1 or udp", "(protocol = 6 AND srcport = 1 OR protocol = 17)");
    }

    #[test]
    fn not_is_pushed_down_to_the_terms() {
        let (no_tcp, no_1) =
            ("(protocol <> 6 OR protocol IS NULL)", "(srcport <> 1 OR srcport IS NULL)");
        check("not tcp", no_tcp);
        check("not (tcp or srcport = 1)", &format!("{no_tcp} AND {no_1}"));
        check("not (tcp and srcport = 1)", &format!("({no_tcp} OR {no_1})"));
        check("udp not (tcp srcport = 1)", &format!("protocol = 17 AND ({no_tcp} OR {no_1})"));
        check(
            "udp not (tcp or not srcport = 1)",
            &format!("protocol = 17 AND {no_tcp} AND srcport = 1"),
        );
        check(
            "not (tcp and (udp or srcport = 1))",
            &format!("({no_tcp} OR (protocol <> 17 OR protocol IS NULL) AND {no_1})"),
        );
        check(
            "not (tcp or not (udp or srcport = 1))",
            &format!("{no_tcp} AND (protocol = 17 OR srcport = 1)"),
        );
        check("not bytes > 5", "(bytes > 5) IS NOT TRUE");
    }

    #[test]
    fn text_stays_text_whatever_is_in_it() {
        check(r#"instance_tag = "x' OR 1=1 --""#, "instance_tag = 'x'' OR 1=1 --'");
        check(r"instance_tag = '\\\''", r"instance_tag = '\'''");
        check(r#"instance_tag ~ "%_';DROP""#, "contains(lower(instance_tag), '%_'';drop')");
        check(r#"security_group_ids = "a','b""#, "array_has(security_group_ids, 'a'',''b')");
        check(
            r#"country = "x'y""#,
            "(lower(src_country_name) = 'x''y' OR lower(dst_country_name) = 'x''y')",
        );
    }
}
