//! Every flow-log field once: the table that decoder, schema, SQL and docs derive from.
//!
//! A field that AWS adds tomorrow is one row here. Names, versions and types are those of the
//! VPC user guide, "Flow log records" and "Transit Gateway Flow Log records".

use arrow_schema::{DataType, TimeUnit};

use Kind::{Address, Int32, Int64, Tag, Text, Time};
use Origin::{Both, TransitGateway, Vpc};

/// How the value of a field is written and stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Free text, kept as it is: ids, enumerations, names.
    Text,
    /// An IPv4 or IPv6 address, stored in its canonical spelling.
    Address,
    /// A tag value: UTF-8, percent-encoded by AWS, stored decoded.
    Tag,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// Seconds or milliseconds since the Unix epoch, stored as a UTC timestamp in microseconds.
    Time,
}

impl Kind {
    /// Returns the Arrow type of the column, as stored and as seen in SQL.
    #[must_use]
    pub fn data_type(self) -> DataType {
        match self {
            Self::Text | Self::Address | Self::Tag => DataType::Utf8,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }

    /// Returns whether the values are text, which batches carry as dictionaries.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Address | Self::Tag)
    }
}

/// Which flow logs can carry a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// VPC flow logs only.
    Vpc,
    /// Transit Gateway flow logs only.
    TransitGateway,
    /// Both.
    Both,
}

/// One field of a flow log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// AWS's name, as in a log format: `account-id`.
    pub name: &'static str,
    /// The column's name, as in AWS's Parquet files and in SQL: `account_id`.
    pub column: &'static str,
    /// The flow-log version that brought the field.
    pub since: u8,
    /// How the value is written and stored.
    pub kind: Kind,
    /// Which flow logs can carry it.
    pub origin: Origin,
    /// Unit of the value, or empty.
    pub unit: &'static str,
    /// What the value means, in a sentence.
    pub doc: &'static str,
}

/// Every field of VPC flow logs (versions 2 to 11) and Transit Gateway flow logs, in the order in
/// which AWS documents them. The position in this table is the field's index everywhere.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    f("version", "version", 2, (Int32, Both), "Highest flow-log version among the chosen fields; 2 for the default format. Not a reliable mark of what is present."),
    f("account-id", "account_id", 2, (Text, Both), "Account that owns the source network interface; `unknown` for interfaces that an AWS service made."),
    f("interface-id", "interface_id", 2, (Text, Vpc), "Network interface that saw the traffic; NULL for a regional NAT gateway (see `resource_id`)."),
    f("srcaddr", "srcaddr", 2, (Address, Both), "Source address as the interface saw it; for outgoing traffic the interface's primary private address."),
    f("dstaddr", "dstaddr", 2, (Address, Both), "Destination address as the interface saw it; for incoming traffic the interface's primary private address."),
    f("srcport", "srcport", 2, (Int32, Both), "Source port; 0 for protocols without ports."),
    f("dstport", "dstport", 2, (Int32, Both), "Destination port; 0 for protocols without ports."),
    f("protocol", "protocol", 2, (Int32, Both), "IANA protocol number."),
    f("packets", "packets", 2, (Int64, Both), "Packets in the aggregation interval.").measured_in("packets"),
    f("bytes", "bytes", 2, (Int64, Both), "IP bytes, headers included, in the aggregation interval.").measured_in("bytes"),
    f("start", "start", 2, (Time, Both), "First packet of the flow within the aggregation interval (may be up to 60 s late).").measured_in("UTC"),
    f("end", "end", 2, (Time, Both), "Last packet of the flow within the aggregation interval (may be up to 60 s late).").measured_in("UTC"),
    f("action", "action", 2, (Text, Vpc), "`ACCEPT` or `REJECT` (by a security group, a network ACL, or after the connection was closed)."),
    f("log-status", "log_status", 2, (Text, Both), "`OK`, `NODATA` (no traffic in the interval) or `SKIPDATA` (records were skipped)."),
    f("vpc-id", "vpc_id", 3, (Text, Vpc), "VPC of the interface."),
    f("subnet-id", "subnet_id", 3, (Text, Vpc), "Subnet of the interface."),
    f("instance-id", "instance_id", 3, (Text, Vpc), "Instance of the interface, if the account owns it; NULL for requester-managed interfaces."),
    f("tcp-flags", "tcp_flags", 3, (Int32, Both), "OR of FIN 1, SYN 2, RST 4 and SYN-ACK 18 over the interval; a lone ACK is 0."),
    f("type", "type", 3, (Text, Both), "`IPv4`, `IPv6` or `EFA`."),
    f("pkt-srcaddr", "pkt_srcaddr", 3, (Address, Vpc), "Original source address of the packet (differs from `srcaddr` at NAT gateways, pods, secondary addresses)."),
    f("pkt-dstaddr", "pkt_dstaddr", 3, (Address, Vpc), "Original destination address of the packet."),
    f("region", "region", 4, (Text, Both), "Region of the interface."),
    f("az-id", "az_id", 4, (Text, Vpc), "Availability Zone id."),
    f("sublocation-type", "sublocation_type", 4, (Text, Vpc), "`wavelength`, `outpost` or `localzone`."),
    f("sublocation-id", "sublocation_id", 4, (Text, Vpc), "Id of the sublocation."),
    f("pkt-src-aws-service", "pkt_src_aws_service", 5, (Text, Both), "AWS service whose range holds `pkt_srcaddr`."),
    f("pkt-dst-aws-service", "pkt_dst_aws_service", 5, (Text, Both), "AWS service whose range holds `pkt_dstaddr`."),
    f("flow-direction", "flow_direction", 5, (Text, Both), "`ingress` or `egress`, relative to the interface; not who opened the connection."),
    f("traffic-path", "traffic_path", 5, (Int32, Vpc), "Path of outgoing traffic, 1 to 8; an opaque label."),
    f("ecs-cluster-arn", "ecs_cluster_arn", 7, (Text, Vpc), "ARN of the ECS cluster."),
    f("ecs-cluster-name", "ecs_cluster_name", 7, (Text, Vpc), "Name of the ECS cluster."),
    f("ecs-container-instance-arn", "ecs_container_instance_arn", 7, (Text, Vpc), "ARN of the ECS container instance; NULL on Fargate."),
    f("ecs-container-instance-id", "ecs_container_instance_id", 7, (Text, Vpc), "Id of the ECS container instance; NULL on Fargate."),
    f("ecs-container-id", "ecs_container_id", 7, (Text, Vpc), "Docker runtime id of the first container."),
    f("ecs-second-container-id", "ecs_second_container_id", 7, (Text, Vpc), "Docker runtime id of the second container."),
    f("ecs-service-name", "ecs_service_name", 7, (Text, Vpc), "Name of the ECS service."),
    f("ecs-task-definition-arn", "ecs_task_definition_arn", 7, (Text, Vpc), "ARN of the ECS task definition."),
    f("ecs-task-arn", "ecs_task_arn", 7, (Text, Vpc), "ARN of the ECS task."),
    f("ecs-task-id", "ecs_task_id", 7, (Text, Vpc), "Id of the ECS task."),
    f("reject-reason", "reject_reason", 8, (Text, Vpc), "`BPA` (block public access) or `EC` (encryption controls); NULL for every other rejection."),
    f("resource-id", "resource_id", 9, (Text, Vpc), "Resource that has no interface of its own, as a regional NAT gateway."),
    f("encryption-status", "encryption_status", 10, (Int32, Vpc), "0 not encrypted, 1 by Nitro, 2 by the application, 3 by both."),
    f("instance-tag", "instance_tag", 11, (Tag, Vpc), "Value of the first chosen tag of the instance."),
    f("instance-tag-2", "instance_tag_2", 11, (Tag, Vpc), "Value of the second chosen tag of the instance."),
    f("interface-tag", "interface_tag", 11, (Tag, Vpc), "Value of the first chosen tag of the interface."),
    f("interface-tag-2", "interface_tag_2", 11, (Tag, Vpc), "Value of the second chosen tag of the interface."),
    f("asg-tag", "asg_tag", 11, (Tag, Vpc), "Value of the first chosen tag of the Auto Scaling group."),
    f("asg-tag-2", "asg_tag_2", 11, (Tag, Vpc), "Value of the second chosen tag of the Auto Scaling group."),
    f("interface-type", "interface_type", 11, (Text, Vpc), "Kind of interface, as `interface`, `nat_gateway`, `lambda`; an open set."),
    f("next-hop-interface-id", "next_hop_interface_id", 11, (Text, Vpc), "Interface that receives (outgoing) or sent (incoming) the traffic."),
    f("next-hop-subnet-id", "next_hop_subnet_id", 11, (Text, Vpc), "Subnet of the next hop."),
    f("next-hop-az-id", "next_hop_az_id", 11, (Text, Vpc), "Availability Zone id of the next hop."),
    f("next-hop-vpc-id", "next_hop_vpc_id", 11, (Text, Vpc), "VPC of the next hop."),
    f("next-hop-interface-type", "next_hop_interface_type", 11, (Text, Vpc), "Kind of interface of the next hop."),
    f("resource-type", "resource_type", 6, (Text, TransitGateway), "`TransitGateway` or `TransitGatewayAttachment`."),
    f("tgw-id", "tgw_id", 6, (Text, TransitGateway), "Transit gateway."),
    f("tgw-attachment-id", "tgw_attachment_id", 6, (Text, TransitGateway), "Transit gateway attachment."),
    f("tgw-src-vpc-account-id", "tgw_src_vpc_account_id", 6, (Text, TransitGateway), "Account of the source VPC."),
    f("tgw-dst-vpc-account-id", "tgw_dst_vpc_account_id", 6, (Text, TransitGateway), "Account of the destination VPC."),
    f("tgw-src-vpc-id", "tgw_src_vpc_id", 6, (Text, TransitGateway), "Source VPC."),
    f("tgw-dst-vpc-id", "tgw_dst_vpc_id", 6, (Text, TransitGateway), "Destination VPC."),
    f("tgw-src-subnet-id", "tgw_src_subnet_id", 6, (Text, TransitGateway), "Source subnet."),
    f("tgw-dst-subnet-id", "tgw_dst_subnet_id", 6, (Text, TransitGateway), "Destination subnet."),
    f("tgw-src-eni", "tgw_src_eni", 6, (Text, TransitGateway), "Source attachment interface."),
    f("tgw-dst-eni", "tgw_dst_eni", 6, (Text, TransitGateway), "Destination attachment interface."),
    f("tgw-src-az-id", "tgw_src_az_id", 6, (Text, TransitGateway), "Source Availability Zone id."),
    f("tgw-dst-az-id", "tgw_dst_az_id", 6, (Text, TransitGateway), "Destination Availability Zone id."),
    f("tgw-pair-attachment-id", "tgw_pair_attachment_id", 6, (Text, TransitGateway), "Attachment on the other side."),
    f("packets-lost-no-route", "packets_lost_no_route", 6, (Int64, TransitGateway), "Packets lost for want of a route.").measured_in("packets"),
    f("packets-lost-blackhole", "packets_lost_blackhole", 6, (Int64, TransitGateway), "Packets lost to a black hole route.").measured_in("packets"),
    f("packets-lost-mtu-exceeded", "packets_lost_mtu_exceeded", 6, (Int64, TransitGateway), "Packets lost because they were larger than the MTU.").measured_in("packets"),
    f("packets-lost-ttl-expired", "packets_lost_ttl_expired", 6, (Int64, TransitGateway), "Packets lost because their time to live ended.").measured_in("packets"),
];

/// The names of the default format (version 2), in order.
pub const DEFAULT_FORMAT: &[&str] = &[
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
];

/// The names that Tidegate recommends for VPC flow logs, in the order of [`FIELDS`]: the fields of
/// versions 2 to 5, which direction, NAT gateways and pods need, and that of version 8, which tells
/// why AWS rejected. The first 14 are [`DEFAULT_FORMAT`], so that readers of those read these too.
pub const RECOMMENDED_FORMAT: &[&str] = &recommended();

const fn is_recommended(field: &Field) -> bool {
    !matches!(field.origin, Origin::TransitGateway) && matches!(field.since, 2..=5 | 8)
}

const fn recommended() -> [&'static str; 30] {
    let mut names = [""; 30];
    let (mut index, mut n_names) = (0, 0);
    while index < FIELDS.len() {
        if is_recommended(&FIELDS[index]) {
            names[n_names] = FIELDS[index].name;
            n_names += 1;
        }
        index += 1;
    }
    assert!(n_names == names.len());
    names
}

const fn f(
    name: &'static str,
    column: &'static str,
    since: u8,
    (kind, origin): (Kind, Origin),
    doc: &'static str,
) -> Field {
    Field { name, column, since, kind, origin, unit: "", doc }
}

impl Field {
    const fn measured_in(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }
}

/// Returns the index in [`FIELDS`] of the field called `name`, with `-` and `_` taken as the same.
#[must_use]
pub fn find(name: &str) -> Option<usize> {
    FIELDS.iter().position(|it| same_name(it.column, name))
}

fn same_name(column: &str, name: &str) -> bool {
    column.len() == name.len()
        && column.bytes().zip(name.bytes()).all(|(a, b)| a == b || (a == b'_' && b == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_the_name_with_underscores_and_no_name_stands_twice() {
        for (index, field) in FIELDS.iter().enumerate() {
            assert_eq!(field.column, field.name.replace('-', "_"));
            assert_eq!(find(field.name), Some(index), "{}", field.name);
            assert_eq!(find(field.column), Some(index), "{}", field.column);
        }
    }

    #[test]
    fn the_table_has_every_documented_field() {
        let n_vpc = FIELDS.iter().filter(|it| it.origin != Origin::TransitGateway).count();
        let n_tgw = FIELDS.iter().filter(|it| it.origin != Origin::Vpc).count();
        assert_eq!((n_vpc, n_tgw), (54, 36));
    }

    #[test]
    fn the_recommended_format_begins_with_the_default_and_tells_why() {
        assert_eq!(&RECOMMENDED_FORMAT[..14], DEFAULT_FORMAT);
        assert_eq!(RECOMMENDED_FORMAT[14..17], ["vpc-id", "subnet-id", "instance-id"]);
        assert_eq!(RECOMMENDED_FORMAT.last(), Some(&"reject-reason"));
    }

    #[test]
    fn the_default_format_is_known() {
        assert_eq!(DEFAULT_FORMAT.len(), 14);
        assert!(DEFAULT_FORMAT.iter().all(|it| find(it).is_some()));
    }
}
