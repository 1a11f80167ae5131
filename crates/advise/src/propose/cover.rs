//! The fewest addresses too many: at most so many blocks that hold all of some addresses.
//!
//! Addresses are leaves of the binary tree of all addresses. A part of the tree is covered by one
//! block, which is its root, or by the blocks of its two halves; the cheapest way for each part and
//! each number of blocks follows from those of its halves.

use std::net::IpAddr;

use tidegate_model::cidr::Cidr;

/// Addresses that are covered; of more, none are: it is a service for everybody.
pub const ADDRESSES_MAX: usize = 4_096;

/// A block, as its first address and the bits that count.
type Block = (u128, u32);

/// The cheapest ways for a part of the tree, by number of blocks less one: addresses too many, and
/// the blocks.
type Ways = Vec<(u128, Vec<Block>)>;

/// Returns at most `n_blocks_max` blocks that hold all addresses and as few others as possible, in
/// the order of addresses; empty if there are no addresses, too many, of two families, or if no
/// block is allowed.
#[must_use]
pub fn cover(addresses: &[IpAddr], n_blocks_max: usize) -> Vec<Cidr> {
    let is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let is_mixed = addresses.iter().any(|it| it.is_ipv6() != is_v6);
    if is_mixed || addresses.is_empty() || addresses.len() > ADDRESSES_MAX || n_blocks_max == 0 {
        return Vec::new();
    }
    let width = if is_v6 { 128 } else { 32 };
    let mut leaves: Vec<u128> = addresses.iter().map(|it| bits(*it)).collect();
    leaves.sort_unstable();
    leaves.dedup();
    let ways = ways(&leaves, width, n_blocks_max);
    let cheapest = ways.into_iter().min_by_key(|(n_extra, blocks)| (*n_extra, blocks.len()));
    let blocks = cheapest.map(|it| it.1).unwrap_or_default();
    blocks.into_iter().filter_map(|it| cidr(it, is_v6)).collect()
}

fn ways(leaves: &[u128], width: u32, n_blocks_max: usize) -> Ways {
    let (Some(first), Some(last)) = (leaves.first(), leaves.last()) else { return Vec::new() };
    let n_free = u128::BITS - (first ^ last).leading_zeros();
    let root = (first & !low_bits(n_free), width - n_free);
    let n_extra = low_bits(n_free) - (leaves.len() as u128 - 1);
    let mut ways = vec![(n_extra, vec![root])];
    if leaves.len() == 1 || n_blocks_max == 1 {
        return ways;
    }
    let middle = root.0 | (1 << (n_free - 1));
    let (left, right) = leaves.split_at(leaves.partition_point(|it| *it < middle));
    let left = self::ways(left, width, n_blocks_max - 1);
    let right = self::ways(right, width, n_blocks_max - 1);
    for n_blocks in 2..=n_blocks_max.min(leaves.len()) {
        let halves =
            (1..n_blocks).filter_map(|it| Some((left.get(it - 1)?, right.get(n_blocks - it - 1)?)));
        let best = halves.min_by_key(|(left, right)| left.0.saturating_add(right.0));
        let Some((left, right)) = best else { break };
        let blocks = left.1.iter().chain(&right.1).copied().collect();
        ways.push((left.0.saturating_add(right.0), blocks));
    }
    ways
}

fn low_bits(n: u32) -> u128 {
    1_u128.checked_shl(n).map_or(u128::MAX, |it| it - 1)
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(it) => u32::from(it).into(),
        IpAddr::V6(it) => it.into(),
    }
}

fn cidr((first, n_bits): Block, is_v6: bool) -> Option<Cidr> {
    let first = if is_v6 {
        IpAddr::V6(first.into())
    } else {
        IpAddr::V4(u32::try_from(first).ok()?.into())
    };
    Cidr::new(first, n_bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(addresses: &[&str], n_blocks_max: usize, expected: &[&str]) {
        let addresses: Vec<IpAddr> = addresses.iter().map(|it| it.parse().unwrap()).collect();
        let blocks: Vec<String> =
            cover(&addresses, n_blocks_max).iter().map(Cidr::to_string).collect();
        assert_eq!(blocks, expected, "{addresses:?} in {n_blocks_max}");
    }

    #[test]
    fn addresses_are_covered_with_as_few_others_as_possible() {
        let three = ["10.0.0.1", "10.0.0.2", "10.9.0.1"];
        check(&three, 3, &["10.0.0.1/32", "10.0.0.2/32", "10.9.0.1/32"]);
        check(&three, 2, &["10.0.0.0/30", "10.9.0.1/32"]);
        check(&three, 1, &["10.0.0.0/12"]);
        check(&["0.0.0.0", "255.255.255.255"], 1, &["0.0.0.0/0"]);
        check(&["::", "ffff::"], 1, &["::/0"]);
        check(&["10.0.0.0", "10.0.0.1"], 2, &["10.0.0.0/31"]);
        check(&[], 2, &[]);
        check(&["10.0.0.1", "::1"], 2, &[]);
        check(&["10.0.0.1"], 0, &[]);
    }

    /// Returns how many addresses blocks have that are none of the given ones.
    fn n_extra(blocks: &[Cidr], n: usize) -> u64 {
        blocks.iter().map(|it| 1_u64 << (32 - it.n_bits())).sum::<u64>() - n as u64
    }

    /// Returns the fewest extra addresses of any cover, by trying every way.
    fn n_extra_min(leaves: &[u32], n_blocks: usize) -> u64 {
        let whole = Cidr::V4 { network: 0, n_bits: 0 };
        let width = 32 - (leaves[0] ^ leaves[leaves.len() - 1]).leading_zeros();
        let one = (1_u64 << width) - leaves.len() as u64;
        let _ = whole;
        if n_blocks == 1 || leaves.len() == 1 {
            return one;
        }
        let at = leaves.partition_point(|it| it & (1 << (width - 1)) == 0);
        let (left, right) = leaves.split_at(at);
        let split =
            (1..n_blocks).map(|it| n_extra_min(left, it) + n_extra_min(right, n_blocks - it));
        split.min().unwrap().min(one)
    }

    proptest! {
        #[test]
        fn a_cover_holds_all_in_no_wider_block_than_theirs_and_not_too_many(
            hosts in prop::collection::btree_set(0_u32..1 << 16, 1..40),
            n_blocks_max in 1_usize..6,
        ) {
            let leaves: Vec<u32> = hosts.iter().map(|it| 0x0a00_0000 | it).collect();
            let addresses: Vec<IpAddr> = leaves.iter().map(|it| IpAddr::V4((*it).into())).collect();
            let blocks = cover(&addresses, n_blocks_max);
            prop_assert!((1..=n_blocks_max).contains(&blocks.len()));
            for address in &addresses {
                prop_assert!(blocks.iter().any(|it| it.contains(*address)), "{address}");
            }
            let rule = Cidr::parse("10.0.0.0/16").unwrap();
            prop_assert!(blocks.iter().all(|it| crate::shadow::contains(rule, *it)));
            let is_apart = blocks.windows(2).all(|it| !crate::shadow::contains(it[0], it[1]));
            prop_assert!(is_apart);
            prop_assert_eq!(n_extra(&blocks, leaves.len()), n_extra_min(&leaves, n_blocks_max));
        }
    }
}
