//! What a filter implies about plain columns, so that ranges can leave files and row groups out.
//!
//! `cidr_contains('203.0.113.0/24', srcaddr)` says nothing to ranges of text. But whoever is in that
//! block begins with `203.0.113.`, for addresses in the lake are in their canonical spelling. The
//! condition that is found here is true wherever the filter is; it stands beside the filter, never
//! in its place.

use std::net::{Ipv4Addr, Ipv6Addr};

use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, lit};
use tidegate_model::cidr::Cidr;

use crate::function::cidr_contains;

/// Prefixes that one block may be taken for.
const PREFIXES_MAX: u32 = 16;

/// Returns the conditions that `filters` imply.
pub(crate) fn of(filters: &[Expr]) -> Vec<Expr> {
    filters.iter().filter_map(of_one).collect()
}

/// Returns what `filter` implies; `None` if that is nothing new.
fn of_one(filter: &Expr) -> Option<Expr> {
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => {
            match (of_one(left), of_one(right)) {
                (Some(left), Some(right)) => Some(left.and(right)),
                (one, other) => one.or(other),
            }
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => {
            match (of_one(left), of_one(right)) {
                (None, None) => None,
                (new_left, new_right) => {
                    let left = new_left.unwrap_or_else(|| left.as_ref().clone());
                    Some(left.or(new_right.unwrap_or_else(|| right.as_ref().clone())))
                }
            }
        }
        Expr::ScalarFunction(function) => of_call(function),
        _ => None,
    }
}

fn of_call(call: &ScalarFunction) -> Option<Expr> {
    let [cidr, column @ Expr::Column(_)] = call.args.as_slice() else { return None };
    if call.name() != cidr_contains::NAME {
        return None;
    }
    let cidr = Cidr::parse(cidr.as_literal()?.try_as_str()??)?;
    let starts = match cidr {
        Cidr::V4 { network, n_bits } => starts_v4(network, n_bits)?,
        Cidr::V6 { network, n_bits } => starts_v6(network, n_bits)?,
    };
    starts.iter().map(|it| it.condition(column)).reduce(Expr::or)
}

/// How the addresses of a block begin.
#[derive(Debug, PartialEq, Eq)]
enum Start {
    /// With this text, whose last character parts groups.
    With(String),
    /// They are this one.
    Is(String),
}

impl Start {
    fn condition(&self, column: &Expr) -> Expr {
        match self {
            Self::Is(address) => column.clone().eq(lit(address.as_str())),
            Self::With(prefix) => {
                // The characters behind `.` and `:` are `/` and `;`.
                let mut bound = prefix.clone();
                let separator = bound.pop();
                bound.push(if separator == Some('.') { '/' } else { ';' });
                let from = column.clone().gt_eq(lit(prefix.as_str()));
                from.and(column.clone().lt(lit(bound)))
            }
        }
    }
}

fn starts_v4(network: u32, n_bits: u32) -> Option<Vec<Start>> {
    let n_octets = n_bits / 8;
    let n_choices = 1 << (8 * (n_octets + 1)).saturating_sub(n_bits).min(8);
    let (n_fixed, n_choices) = match n_bits % 8 {
        0 => (n_octets, 1),
        _ if n_choices <= PREFIXES_MAX => (n_octets + 1, n_choices),
        _ => (n_octets, 1),
    };
    if n_fixed == 0 {
        return None;
    }
    let step = 1_u32.checked_shl(32 - 8 * n_fixed).unwrap_or(0);
    let start = |choice: u32| {
        let octets = Ipv4Addr::from(network + choice * step).octets();
        let fixed: Vec<String> =
            octets.iter().take(n_fixed as usize).map(ToString::to_string).collect();
        match n_fixed {
            4 => Start::Is(fixed.join(".")),
            _ => Start::With(format!("{}.", fixed.join("."))),
        }
    };
    Some((0..n_choices).map(start).collect())
}

fn starts_v6(network: u128, n_bits: u32) -> Option<Vec<Start>> {
    let address = Ipv6Addr::from(network);
    if n_bits == 128 {
        return Some(vec![Start::Is(address.to_string())]);
    }
    // A group of zeros may be written as `::` together with its neighbours, so the prefix ends there.
    let n_groups = n_bits as usize / 16;
    let groups = address.segments().into_iter().take(n_groups).take_while(|it| *it != 0);
    let prefix: String = groups.map(|it| format!("{it:x}:")).collect::<Vec<_>>().concat();
    (!prefix.is_empty()).then(|| vec![Start::With(prefix)])
}

#[cfg(test)]
mod tests {
    use datafusion::logical_expr::col;
    use proptest::prelude::*;

    use super::*;

    fn contains(cidr: &str, column: &str) -> Expr {
        cidr_contains::udf().call(vec![lit(cidr), col(column)])
    }

    fn check(filter: &Expr, expected: &str) {
        let implied = of(std::slice::from_ref(filter));
        let text: Vec<String> = implied.iter().map(|it| it.human_display().to_string()).collect();
        assert_eq!(text.join("; "), expected, "{filter}");
    }

    #[test]
    fn a_block_is_a_range_of_text() {
        check(&contains("203.0.113.0/24", "a"), "a >= 203.0.113. AND a < 203.0.113/");
        check(&contains("10.0.0.0/8", "a"), "a >= 10. AND a < 10/");
        check(&contains("192.0.2.1", "a"), "a = 192.0.2.1");
        check(&contains("192.0.2.8/31", "a"), "a = 192.0.2.8 OR a = 192.0.2.9");
        check(
            &contains("10.64.0.0/15", "a"),
            "a >= 10.64. AND a < 10.64/ OR a >= 10.65. AND a < 10.65/",
        );
        check(&contains("10.128.0.0/9", "a"), "a >= 10. AND a < 10/");
        check(&contains("128.0.0.0/1", "a"), "");
        check(&contains("0.0.0.0/0", "a"), "");
        check(&contains("2001:db8::/32", "a"), "a >= 2001:db8: AND a < 2001:db8;");
        check(&contains("2001:db8::/64", "a"), "a >= 2001:db8: AND a < 2001:db8;");
        check(&contains("2001:db8::1", "a"), "a = 2001:db8::1");
        check(&contains("::/8", "a"), "");
        check(&contains("nonsense", "a"), "");
    }

    #[test]
    fn what_is_implied_goes_through_and_and_or_but_not_through_not() {
        let block = |column| contains("10.0.0.0/8", column);
        check(&block("a").or(block("b")), "a >= 10. AND a < 10/ OR b >= 10. AND b < 10/");
        check(&block("a").or(col("b").eq(lit(1))), "a >= 10. AND a < 10/ OR b = 1");
        check(&block("a").and(col("b").eq(lit(1))), "a >= 10. AND a < 10/");
        check(&Expr::Not(Box::new(block("a"))), "");
        check(&col("b").eq(lit(1)), "");
    }

    fn is_admitted(starts: &[Start], address: &str) -> bool {
        starts.iter().any(|it| match it {
            Start::With(prefix) => address.starts_with(prefix.as_str()),
            Start::Is(one) => address == one,
        })
    }

    proptest! {
        /// Whoever is in a block begins as its addresses do.
        #[test]
        fn no_address_of_a_block_is_lost(bits in any::<u32>(), n_bits in 0_u32..=32, other in any::<u32>()) {
            let mask = u32::MAX.checked_shl(32 - n_bits).unwrap_or(0);
            if let Some(starts) = starts_v4(bits & mask, n_bits) {
                let address = Ipv4Addr::from((bits & mask) | (other & !mask)).to_string();
                prop_assert!(is_admitted(&starts, &address), "{starts:?} {address}");
            }
        }

        #[test]
        fn no_address_of_a_long_block_is_lost(
            bits in prop::array::uniform8(prop_oneof![Just(0_u16), any::<u16>()]),
            n_bits in 0_u32..=128,
            other in prop::array::uniform8(prop_oneof![Just(0_u16), any::<u16>()]),
        ) {
            let of = |it: [u16; 8]| u128::from(Ipv6Addr::from(it));
            let mask = u128::MAX.checked_shl(128 - n_bits).unwrap_or(0);
            if let Some(starts) = starts_v6(of(bits) & mask, n_bits) {
                let address = Ipv6Addr::from((of(bits) & mask) | (of(other) & !mask)).to_string();
                prop_assert!(is_admitted(&starts, &address), "{starts:?} {address}");
            }
        }
    }
}
