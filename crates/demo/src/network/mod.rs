//! The network: who is there, where, and what the groups allow.
//!
//! Read `address`, then `interface` (who), `group` (what is allowed), `history` (what changes),
//! `json` (how the AWS command line would print all of it) and `config` (how AWS Config tells what
//! changed).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub(crate) mod address;
pub(crate) mod config;
pub(crate) mod group;
pub(crate) mod history;
pub(crate) mod interface;
pub(crate) mod json;

use crate::Spec;
use crate::dice::{Dice, Stream};
use crate::network::address::{Addr, Cidr};
use crate::network::group::{Group, PrefixList, Rule};
use crate::network::interface::Interface;

/// Number of Availability Zones in use.
pub(crate) const N_ZONES: usize = 3;

/// Number of VPCs.
pub(crate) const N_VPCS: usize = 3;

/// Index of the production VPC.
pub(crate) const PROD: usize = 0;
/// Index of the data VPC, a peer of the production VPC.
pub(crate) const DATA: usize = 1;
/// Index of the development VPC.
pub(crate) const DEV: usize = 2;

/// The VPCs: name and IPv4 range.
const VPCS: &[(&str, [u8; 4])] =
    &[("prod", [10, 0, 0, 0]), ("data", [10, 1, 0, 0]), ("dev", [10, 2, 0, 0])];

/// What a subnet is for; the place of its range in the VPC follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    /// Reached from the internet.
    Public,
    /// Reaches the internet through a NAT gateway.
    Private,
    /// Databases only.
    Db,
}

impl Tier {
    /// Every tier.
    const ALL: [Self; 3] = [Self::Public, Self::Private, Self::Db];

    /// Returns the word in names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
            Self::Db => "db",
        }
    }
}

/// A VPC and its flow log.
#[derive(Clone, Debug)]
pub(crate) struct Vpc {
    /// `vpc-...`.
    pub id: String,
    /// `prod`, `data` or `dev`.
    pub name: &'static str,
    /// Account that owns it.
    pub account: String,
    /// IPv4 range.
    pub cidr: Cidr,
    /// IPv6 range.
    pub cidr_v6: Cidr,
    /// Id of the flow log of the whole VPC.
    pub flow_log_id: String,
}

/// A subnet.
#[derive(Clone, Debug)]
pub(crate) struct Subnet {
    /// `subnet-...`.
    pub id: String,
    /// Index of the VPC.
    pub vpc: usize,
    /// What it is for.
    pub tier: Tier,
    /// Availability Zone, 0 to 2.
    pub zone: usize,
    /// IPv4 range.
    pub cidr: Cidr,
    /// IPv6 range.
    pub cidr_v6: Cidr,
}

/// The whole network of a world.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// Region, as `us-east-1`.
    pub region: String,
    /// VPCs, each with a flow log.
    pub vpcs: Vec<Vpc>,
    /// Subnets, by VPC, tier and zone.
    pub subnets: Vec<Subnet>,
    /// Network interfaces.
    pub interfaces: Vec<Interface>,
    /// Every own address; others point here.
    pub addresses: Vec<Addr>,
    /// Security groups.
    pub groups: Vec<Group>,
    /// Rules of all groups.
    pub rules: Vec<Rule>,
    /// Managed prefix lists.
    pub prefix_lists: Vec<PrefixList>,
}

impl Network {
    /// Returns the network of `spec`.
    pub(crate) fn new(spec: &Spec) -> Self {
        let mut dice = Dice::new(spec.seed, Stream::Network, 0);
        let vpcs = vpcs(spec, &mut dice);
        let subnets = subnets(&vpcs, &mut dice);
        let mut network = Self {
            region: spec.region.clone(),
            vpcs,
            subnets,
            interfaces: Vec::new(),
            addresses: Vec::new(),
            groups: Vec::new(),
            rules: Vec::new(),
            prefix_lists: group::prefix_lists(&spec.account, &mut dice),
        };
        group::add_groups(&mut network, &mut dice);
        interface::add_interfaces(&mut network, &mut dice);
        network
    }

    /// Returns the name of a zone, as `us-east-1a`.
    pub(crate) fn zone_name(&self, zone: usize) -> String {
        format!("{}{}", self.region, ["a", "b", "c"][zone.min(N_ZONES - 1)])
    }

    /// Returns the id of a zone, as `use1-az1`: the region's short form and a number.
    pub(crate) fn zone_id(&self, zone: usize) -> String {
        let mut parts = self.region.split('-');
        let mut short = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            short.push_str(match part {
                "northeast" => "ne",
                "northwest" => "nw",
                "southeast" => "se",
                "southwest" => "sw",
                number if number.starts_with(|it: char| it.is_ascii_digit()) => number,
                word => &word[..1],
            });
        }
        format!("{short}-az{}", zone + 1)
    }
}

/// Returns the index of the subnet of a VPC, tier and zone.
pub(crate) fn subnet_index(vpc: usize, tier: Tier, zone: usize) -> usize {
    let tier = Tier::ALL.iter().position(|it| *it == tier).unwrap_or(0);
    (vpc * Tier::ALL.len() + tier) * N_ZONES + zone % N_ZONES
}

fn vpcs(spec: &Spec, dice: &mut Dice) -> Vec<Vpc> {
    let account = |vpc: usize| {
        let other = match vpc {
            DEV => spec.other_accounts.first(),
            DATA => spec.other_accounts.get(1),
            _ => None,
        };
        other.unwrap_or(&spec.account).clone()
    };
    VPCS.iter()
        .enumerate()
        .map(|(index, (name, octets))| {
            let block = u16::try_from(dice.below(0x0fff)).unwrap_or(0);
            let low = u16::try_from(index).unwrap_or(0) << 8;
            let first = Ipv6Addr::new(0x2600, 0x1f18, 0x4000 | block, low, 0, 0, 0, 0);
            Vpc {
                id: format!("vpc-0{}", dice.hex(16)),
                name,
                account: account(index),
                cidr: Cidr::v4(*octets, 16),
                cidr_v6: Cidr { ip: IpAddr::V6(first), len: 56 },
                flow_log_id: format!("fl-0{}", dice.hex(16)),
            }
        })
        .collect()
}

fn subnets(vpcs: &[Vpc], dice: &mut Dice) -> Vec<Subnet> {
    let mut subnets = Vec::new();
    for (vpc_index, vpc) in vpcs.iter().enumerate() {
        for (tier_index, tier) in Tier::ALL.into_iter().enumerate() {
            for zone in 0..N_ZONES {
                let third = u8::try_from(tier_index * 16 + zone).unwrap_or(0);
                subnets.push(Subnet {
                    id: format!("subnet-0{}", dice.hex(16)),
                    vpc: vpc_index,
                    tier,
                    zone,
                    cidr: part_v4(vpc.cidr.ip, third),
                    cidr_v6: part_v6(vpc.cidr_v6.ip, third),
                });
            }
        }
    }
    subnets
}

fn part_v4(first: IpAddr, third: u8) -> Cidr {
    let IpAddr::V4(ip) = first else { return Cidr::any(false) };
    let bits = ip.to_bits() | (u32::from(third) << 8);
    Cidr { ip: IpAddr::V4(Ipv4Addr::from_bits(bits)), len: 24 }
}

fn part_v6(first: IpAddr, third: u8) -> Cidr {
    let IpAddr::V6(ip) = first else { return Cidr::any(true) };
    let bits = ip.to_bits() | (u128::from(third) << 64);
    Cidr { ip: IpAddr::V6(Ipv6Addr::from_bits(bits)), len: 64 }
}
