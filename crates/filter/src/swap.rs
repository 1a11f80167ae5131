//! The same question from the other end.

use crate::tree::{Node, Term};

/// Returns the tree with source and destination, client and server exchanged.
pub(crate) fn swapped(node: &Node) -> Node {
    match node {
        Node::All(parts) => Node::All(parts.iter().map(swapped).collect()),
        Node::Any(parts) => Node::Any(parts.iter().map(swapped).collect()),
        Node::Not(inner) => Node::Not(Box::new(swapped(inner))),
        Node::Term(term) => {
            Node::Term(Term { field: term.field.swapped(), test: term.test.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Filter;

    #[test]
    fn both_ends_are_exchanged_and_back() {
        let check = |text: &str, expected: &str| {
            let filter = Filter::parse(text).unwrap();
            assert_eq!(filter.swapped().to_string(), expected);
            assert_eq!(filter.swapped().swapped(), filter);
        };
        check(
            "client_addr = 10.0.0.1 and not (dstport = 22 or src_country_code = US)",
            "server_addr = 10.0.0.1 and not (srcport = 22 or dst_country_code = US)",
        );
        check("addr = 10.0.0.1 direction = ingress", "addr = 10.0.0.1 and direction = ingress");
        check("", "");
    }
}
