//! What a network consists of, as a history: each fact with the time in which it held.
//!
//! Plain words only. Reading facts from files is the crate `inventory`; asking "which groups had
//! this interface then" is the crate `enrich`. Names are those of the EC2 API Reference.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::cidr::Cidr;

/// A half-open range of time, in microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Validity {
    /// First moment; `i64::MIN` if nobody knows since when.
    pub from_us: i64,
    /// First moment after it; `i64::MAX` if it still holds.
    pub until_us: i64,
}

impl Validity {
    /// Returns whether the moment lies in the range.
    #[must_use]
    pub fn contains(self, moment_us: i64) -> bool {
        (self.from_us..self.until_us).contains(&moment_us)
    }

    /// Returns whether the range still holds.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.until_us == i64::MAX
    }
}

/// Something that was true in a range of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact<T> {
    /// When it was true.
    pub validity: Validity,
    /// Where it was read: the kind of file and its name.
    pub source: String,
    /// What was true.
    pub value: T,
}

/// Tags by key.
pub type Tags = BTreeMap<String, String>;

/// A network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// `eni-...`.
    pub id: String,
    /// AWS's `InterfaceType`: `interface`, `nat_gateway`, `load_balancer`, ...
    pub interface_type: String,
    /// AWS's description.
    pub description: String,
    /// The service that type and description tell, as `nat-gateway`, `alb`, `rds`; empty if none.
    pub service: String,
    /// Status: `in-use`, `available`, ...
    pub status: String,
    /// The primary private IPv4 address.
    pub primary_address: Option<IpAddr>,
    /// All private IPv4 addresses, the primary one too.
    pub private_addresses: Vec<IpAddr>,
    /// IPv6 addresses.
    pub ipv6_addresses: Vec<IpAddr>,
    /// Prefixes delegated to the interface, of both families.
    pub prefixes: Vec<Cidr>,
    /// Public IPv4 addresses that AWS translates.
    pub public_addresses: Vec<IpAddr>,
    /// `subnet-...`.
    pub subnet_id: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// `i-...`, or empty.
    pub instance_id: String,
    /// `sg-...`, ascending.
    pub security_group_ids: Vec<String>,
    /// Whether a service of AWS manages it.
    pub is_requester_managed: bool,
    /// Whether traffic that is neither from nor to it is dropped.
    pub has_source_dest_check: bool,
    /// Tags.
    pub tags: Tags,
}

/// A security group, without its rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecurityGroup {
    /// `sg-...`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Description.
    pub description: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// Tags.
    pub tags: Tags,
}

/// What a rule names as the other end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// A block of addresses.
    Cidr(Cidr),
    /// `pl-...`.
    PrefixList(String),
    /// `sg-...`: the interfaces that carry it.
    SecurityGroup(String),
}

/// A rule of a security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityGroupRule {
    /// `sgr-...`; where the source does not name it, made of the rule's content.
    pub id: String,
    /// `sg-...`.
    pub group_id: String,
    /// Whether it is about traffic that leaves.
    pub is_egress: bool,
    /// IANA number of the protocol; `None` for all.
    pub protocol: Option<u8>,
    /// First port, or ICMP type; `None` for all.
    pub from_port: Option<i32>,
    /// Last port, or ICMP code; `None` for all.
    pub to_port: Option<i32>,
    /// The other end.
    pub peer: Peer,
    /// Description.
    pub description: String,
}

/// A managed prefix list with its entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrefixList {
    /// `pl-...`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Owner; `AWS` for those of AWS.
    pub owner_id: String,
    /// Region, or empty.
    pub region: String,
    /// Entries, ascending; `None` if nothing tells them. An empty list is known to have none.
    pub entries: Option<Vec<Cidr>>,
}

/// A subnet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subnet {
    /// `subnet-...`.
    pub id: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// `use1-az1`, or the zone's name.
    pub availability_zone: String,
    /// Blocks of both families.
    pub cidrs: Vec<Cidr>,
    /// Tags.
    pub tags: Tags,
}

/// A VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vpc {
    /// `vpc-...`.
    pub id: String,
    /// Owner.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// Blocks of both families.
    pub cidrs: Vec<Cidr>,
    /// Whether it is the region's default.
    pub is_default: bool,
    /// Tags.
    pub tags: Tags,
}

/// A NAT gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NatGateway {
    /// `nat-...`.
    pub id: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner, or empty.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// `subnet-...`.
    pub subnet_id: String,
    /// Its interfaces.
    pub interface_ids: Vec<String>,
    /// Private addresses.
    pub private_addresses: Vec<IpAddr>,
    /// Public addresses.
    pub public_addresses: Vec<IpAddr>,
    /// Tags.
    pub tags: Tags,
}

/// An instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// `i-...`.
    pub id: String,
    /// The tag `Name`.
    pub name: String,
    /// `m7g.large`.
    pub instance_type: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// Its interfaces.
    pub interface_ids: Vec<String>,
    /// Tags.
    pub tags: Tags,
}

/// A flow log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowLog {
    /// `fl-...`.
    pub id: String,
    /// The VPC, subnet, interface or gateway that it watches.
    pub resource_id: String,
    /// Owner, or empty.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
    /// `ACCEPT`, `REJECT` or `ALL`.
    pub traffic_type: String,
    /// Status: `ACTIVE`.
    pub status: String,
    /// `SUCCESS` or `FAILED`; empty if AWS did not say.
    pub deliver_status: String,
    /// Why delivery fails, or empty.
    pub deliver_error: String,
    /// `s3`, `cloud-watch-logs` or `kinesis-data-firehose`.
    pub destination_type: String,
    /// ARN or name of the destination.
    pub destination: String,
    /// Fields of a record, as `${version} ...`.
    pub log_format: String,
    /// 60 or 600.
    pub aggregation_interval_s: i32,
    /// When it was made, in microseconds since the Unix epoch.
    pub created_us: Option<i64>,
    /// Tags.
    pub tags: Tags,
}

/// A function of Lambda that is in a VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// `arn:aws:lambda:...`.
    pub id: String,
    /// Name.
    pub name: String,
    /// `vpc-...`.
    pub vpc_id: String,
    /// Owner.
    pub account_id: String,
    /// Region.
    pub region: String,
    /// `subnet-...`, ascending.
    pub subnet_ids: Vec<String>,
    /// `sg-...`, ascending. They are in use though no interface has them while the function rests.
    pub security_group_ids: Vec<String>,
}

/// That a group is referred to by rules in another VPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupReference {
    /// Group and VPC, as `sg-1/vpc-2`.
    pub id: String,
    /// The group that is referred to, `sg-...`.
    pub group_id: String,
    /// The VPC whose groups refer to it, `vpc-...`.
    pub referencing_vpc_id: String,
    /// The peering connection between both, `pcx-...`, or empty.
    pub peering_connection_id: String,
    /// The transit gateway between both, `tgw-...`, or empty.
    pub transit_gateway_id: String,
    /// Owner of the group, or empty.
    pub account_id: String,
    /// Region, or empty.
    pub region: String,
}

/// Everything that is known of a network, with its history. Within a kind, facts are ordered by
/// id, then by time; those of one id do not overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Network interfaces.
    pub interfaces: Vec<Fact<Interface>>,
    /// Security groups.
    pub security_groups: Vec<Fact<SecurityGroup>>,
    /// Their rules, by the rule's id.
    pub security_group_rules: Vec<Fact<SecurityGroupRule>>,
    /// Prefix lists.
    pub prefix_lists: Vec<Fact<PrefixList>>,
    /// Subnets.
    pub subnets: Vec<Fact<Subnet>>,
    /// VPCs.
    pub vpcs: Vec<Fact<Vpc>>,
    /// NAT gateways.
    pub nat_gateways: Vec<Fact<NatGateway>>,
    /// Instances.
    pub instances: Vec<Fact<Instance>>,
    /// Flow logs.
    pub flow_logs: Vec<Fact<FlowLog>>,
    /// Functions of Lambda.
    pub functions: Vec<Fact<Function>>,
    /// References from other VPCs.
    pub group_references: Vec<Fact<GroupReference>>,
}
