//! The addresses outside: who comes often, who comes once.

use std::net::IpAddr;

use crate::dice::{Dice, Stream};
use crate::network::address::{self, Addr, Cidr, OFFICE};
use crate::network::group::{DYNAMODB, S3};

/// Entries of the table that makes some addresses frequent.
const N_TABLE: usize = 4_096;

/// A set of outside addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pool {
    /// Clients all over the world.
    Clients,
    /// The same, IPv6.
    ClientsV6,
    /// The company's offices.
    Office,
    /// Servers that own hosts call.
    Hosts,
    /// The same, IPv6.
    HostsV6,
    /// DNS servers that the own DNS servers ask.
    Resolvers,
    /// Time servers.
    Clocks,
    /// S3 behind a gateway endpoint.
    S3,
    /// `DynamoDB` behind a gateway endpoint.
    DynamoDb,
}

impl Pool {
    /// Every pool, in the order of their numbers, with how many addresses it has.
    const ALL: [(Self, usize); 9] = [
        (Self::Clients, 6_000),
        (Self::ClientsV6, 800),
        (Self::Office, 12),
        (Self::Hosts, 400),
        (Self::HostsV6, 40),
        (Self::Resolvers, 12),
        (Self::Clocks, 8),
        (Self::S3, 200),
        (Self::DynamoDb, 60),
    ];

    /// Returns whether its addresses are IPv6.
    pub(crate) fn is_v6(self) -> bool {
        matches!(self, Self::ClientsV6 | Self::HostsV6)
    }

    /// Returns whether a gateway endpoint leads there.
    pub(crate) fn is_gateway(self) -> bool {
        matches!(self, Self::S3 | Self::DynamoDb)
    }

    fn address(self, number: usize, dice: &mut Dice) -> Addr {
        let in_aws = |cidr: Cidr, service: u8, dice: &mut Dice| {
            let mut address = Addr::new(cidr.pick(dice));
            address.aws_service = service;
            address
        };
        match self {
            Self::ClientsV6 | Self::HostsV6 => Addr::new(IpAddr::V6(address::anywhere_v6(dice))),
            Self::Office => Addr::new(OFFICE.at(u32::try_from(number).unwrap_or(0) + 2)),
            Self::Hosts if number.is_multiple_of(4) => {
                in_aws(Cidr::v4([52, 46, 128, 0], 19), 3, dice)
            }
            Self::Hosts if number.is_multiple_of(9) => {
                in_aws(Cidr::v4([13, 32, 0, 0], 15), 4, dice)
            }
            Self::Clients | Self::Resolvers | Self::Clocks | Self::Hosts => {
                Addr::v4(address::anywhere(dice))
            }
            Self::S3 => in_aws(S3, 1, dice),
            Self::DynamoDb => in_aws(DYNAMODB, 2, dice),
        }
    }
}

/// All pools with their addresses.
#[derive(Debug)]
pub(crate) struct Pools(Vec<Members>);

#[derive(Debug)]
struct Members {
    addresses: Vec<Addr>,
    /// The first addresses stand here often, by Zipf's law.
    frequent: Vec<u16>,
}

impl Pools {
    /// Returns the pools of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, Stream::Pools, 0);
        let members = Pool::ALL.iter().map(|(pool, n)| Members {
            addresses: (0..*n).map(|number| pool.address(number, &mut dice)).collect(),
            frequent: zipf(*n),
        });
        Self(members.collect())
    }

    /// Returns the addresses of a pool, the most frequent first.
    pub(crate) fn addresses(&self, pool: Pool) -> &[Addr] {
        &self.0[pool as usize].addresses
    }

    /// Returns an address of a pool: three times of four by Zipf's law, else any.
    pub(crate) fn pick(&self, pool: Pool, dice: &mut Dice) -> &Addr {
        let members = &self.0[pool as usize];
        let bits = dice.below(1 << 14);
        let index = if bits & 3 == 3 {
            dice.index(members.addresses.len())
        } else {
            usize::from(members.frequent[(bits >> 2) as usize])
        };
        &members.addresses[index]
    }
}

/// Returns a table in which rank `k` stands in proportion to `1 / (k + 3)`, in whole numbers so
/// that every machine makes the same.
fn zipf(n: usize) -> Vec<u16> {
    let weight = |rank: usize| 1_000_000_000_u64 / (rank as u64 + 3);
    let total: u64 = (0..n).map(weight).sum();
    let mut table = Vec::with_capacity(N_TABLE);
    let mut rank = 0;
    let mut reached = weight(0);
    for slot in 0..N_TABLE as u64 {
        let wanted = total / N_TABLE as u64 * slot;
        while reached <= wanted && rank + 1 < n {
            rank += 1;
            reached += weight(rank);
        }
        table.push(u16::try_from(rank).unwrap_or(u16::MAX));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_addresses_come_often_and_all_may_come() {
        let table = zipf(400);
        let n_first = table.iter().filter(|it| **it < 10).count();
        assert!((1_000..2_000).contains(&n_first), "{n_first}");
        assert_eq!(table.len(), N_TABLE);
        assert_eq!((table[0], table[N_TABLE - 1]), (0, 399));
    }

    #[test]
    fn the_number_of_a_pool_is_its_place() {
        for (index, (pool, n)) in Pool::ALL.iter().enumerate() {
            assert_eq!(*pool as usize, index);
            let pools = Pools::new(7);
            let addresses = pools.addresses(*pool);
            assert_eq!(addresses.len(), *n);
            assert!(addresses.iter().all(|it| it.ip.is_ipv6() == pool.is_v6()));
        }
    }
}
