//! A record as text, by a template for each interface: what never changes is copied in one piece.

use std::ops::Range;

use tidegate_model::field::FIELDS;

use crate::network::Network;
use crate::network::address::{AWS_SERVICES, Addr};
use crate::network::interface::{Interface, Role};
use crate::write::text;

/// What a record says beside what its interface says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    /// `srcaddr`.
    pub src: &'a Addr,
    /// `dstaddr`.
    pub dst: &'a Addr,
    /// `pkt-srcaddr`.
    pub pkt_src: &'a Addr,
    /// `pkt-dstaddr`.
    pub pkt_dst: &'a Addr,
    /// `srcport`.
    pub src_port: u16,
    /// `dstport`.
    pub dst_port: u16,
    /// `protocol`.
    pub protocol: u8,
    /// `packets`.
    pub packets: u64,
    /// `bytes`; AWS leaves them out where block public access rejects.
    pub bytes: Option<u64>,
    /// `start`.
    pub start: u64,
    /// `end`.
    pub end: u64,
    /// `action`.
    pub is_accept: bool,
    /// `tcp-flags`.
    pub flags: u8,
    /// `flow-direction`.
    pub is_egress: bool,
    /// `traffic-path`, 0 for none.
    pub path: u8,
    /// `reject-reason`.
    pub reject_reason: &'static str,
    /// `encryption-status`.
    pub encryption: u8,
    /// Index of the next interface.
    pub next_hop: Option<u16>,
}

/// What changes from record to record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dynamic {
    Src,
    Dst,
    PktSrc,
    PktDst,
    SrcPort,
    DstPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    Flags,
    Type,
    SrcService,
    DstService,
    Direction,
    Path,
    RejectReason,
    Encryption,
    NextHop(u8),
}

/// What stands in a field: the same for all records of an interface, or not.
enum Cell {
    Static(String),
    Dynamic(Dynamic),
}

/// The templates of all interfaces for one format.
#[derive(Debug)]
pub(crate) struct Templates {
    /// One for each interface.
    by_interface: Vec<Template>,
    /// What `next-hop-*` says of each interface: five texts.
    hops: Vec<[String; 5]>,
    /// The line that names the fields.
    pub header: Vec<u8>,
    format: Vec<usize>,
    version: u8,
}

#[derive(Debug)]
struct Template {
    /// Text that never changes, with the spaces around it.
    text: Vec<u8>,
    /// Text to copy, then what to write.
    parts: Vec<(Range<usize>, Dynamic)>,
    /// Text after the last.
    tail: Range<usize>,
}

impl Templates {
    /// Returns the templates for a format, given as indexes of [`FIELDS`].
    pub(crate) fn new(network: &Network, format: &[usize]) -> Self {
        let version = format.iter().map(|it| FIELDS[*it].since).max().unwrap_or(2);
        let names: Vec<&str> = format.iter().map(|it| FIELDS[*it].name).collect();
        let template = |it: &Interface| Template::new(network, it, format, version);
        Self {
            by_interface: network.interfaces.iter().map(template).collect(),
            hops: network.interfaces.iter().map(|it| hop(network, it)).collect(),
            header: format!("{}\n", names.join(" ")).into_bytes(),
            format: format.to_vec(),
            version,
        }
    }

    /// Appends a record of an interface to `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>, interface: u16, values: &Values<'_>) {
        let template = &self.by_interface[usize::from(interface)];
        for (lead, dynamic) in &template.parts {
            out.extend_from_slice(&template.text[lead.clone()]);
            self.write_dynamic(out, *dynamic, values);
        }
        out.extend_from_slice(&template.text[template.tail.clone()]);
    }

    #[inline]
    fn write_dynamic(&self, out: &mut Vec<u8>, dynamic: Dynamic, values: &Values<'_>) {
        match dynamic {
            Dynamic::Src => out.extend_from_slice(values.src.as_bytes()),
            Dynamic::Dst => out.extend_from_slice(values.dst.as_bytes()),
            Dynamic::PktSrc => out.extend_from_slice(values.pkt_src.as_bytes()),
            Dynamic::PktDst => out.extend_from_slice(values.pkt_dst.as_bytes()),
            Dynamic::SrcPort => text::number(out, values.src_port.into()),
            Dynamic::DstPort => text::number(out, values.dst_port.into()),
            Dynamic::Protocol => text::number(out, values.protocol.into()),
            Dynamic::Packets => text::number(out, values.packets),
            Dynamic::Bytes => match values.bytes {
                Some(bytes) => text::number(out, bytes),
                None => out.push(b'-'),
            },
            Dynamic::Start => text::number(out, values.start),
            Dynamic::End => text::number(out, values.end),
            Dynamic::Action => word(out, values.is_accept, (b"ACCEPT", b"REJECT")),
            Dynamic::Flags => text::number(out, values.flags.into()),
            Dynamic::Type => word(out, values.src.ip.is_ipv6(), (b"IPv6", b"IPv4")),
            Dynamic::SrcService => service(out, values.pkt_src),
            Dynamic::DstService => service(out, values.pkt_dst),
            Dynamic::Direction => word(out, values.is_egress, (b"egress", b"ingress")),
            Dynamic::Path if values.path == 0 => out.push(b'-'),
            Dynamic::Path => text::number(out, values.path.into()),
            Dynamic::RejectReason => out.extend_from_slice(values.reject_reason.as_bytes()),
            Dynamic::Encryption => text::number(out, values.encryption.into()),
            Dynamic::NextHop(part) => match values.next_hop {
                Some(hop) => {
                    let text = &self.hops[usize::from(hop)][usize::from(part)];
                    out.extend_from_slice(text.as_bytes());
                }
                None => out.push(b'-'),
            },
        }
    }

    /// Appends a record without traffic: `NODATA` or `SKIPDATA`.
    pub(crate) fn write_silent(
        &self,
        out: &mut Vec<u8>,
        (network, interface): (&Network, u16),
        status: &str,
        (start, end): (u64, u64),
    ) {
        for (position, field) in self.format.iter().enumerate() {
            if position > 0 {
                out.push(b' ');
            }
            let own = &network.interfaces[usize::from(interface)];
            match (FIELDS[*field].name, cell(network, own, FIELDS[*field].name, self.version)) {
                ("log-status", _) => out.extend_from_slice(status.as_bytes()),
                (_, Cell::Static(text)) => out.extend_from_slice(text.as_bytes()),
                (_, Cell::Dynamic(Dynamic::Start)) => text::number(out, start),
                (_, Cell::Dynamic(Dynamic::End)) => text::number(out, end),
                (_, Cell::Dynamic(_)) => out.push(b'-'),
            }
        }
        out.push(b'\n');
    }
}

fn word(out: &mut Vec<u8>, is_first: bool, (first, second): (&[u8], &[u8])) {
    out.extend_from_slice(if is_first { first } else { second });
}

fn service(out: &mut Vec<u8>, address: &Addr) {
    out.extend_from_slice(AWS_SERVICES[usize::from(address.aws_service)].as_bytes());
}

impl Template {
    fn new(network: &Network, interface: &Interface, format: &[usize], version: u8) -> Self {
        let mut text = Vec::new();
        let mut parts = Vec::new();
        let mut from = 0;
        for (position, field) in format.iter().enumerate() {
            if position > 0 {
                text.push(b' ');
            }
            match cell(network, interface, FIELDS[*field].name, version) {
                Cell::Static(value) => text.extend_from_slice(value.as_bytes()),
                Cell::Dynamic(dynamic) => {
                    parts.push((from..text.len(), dynamic));
                    from = text.len();
                }
            }
        }
        text.push(b'\n');
        let tail = from..text.len();
        Self { text, parts, tail }
    }
}

/// Returns what stands in the field called `name` of the records of `interface`.
fn cell(network: &Network, interface: &Interface, name: &str, version: u8) -> Cell {
    match dynamic(name) {
        Some(dynamic) => Cell::Dynamic(dynamic),
        None => Cell::Static(fixed(network, interface, name, version)),
    }
}

fn dynamic(name: &str) -> Option<Dynamic> {
    Some(match name {
        "srcaddr" => Dynamic::Src,
        "dstaddr" => Dynamic::Dst,
        "pkt-srcaddr" => Dynamic::PktSrc,
        "pkt-dstaddr" => Dynamic::PktDst,
        "srcport" => Dynamic::SrcPort,
        "dstport" => Dynamic::DstPort,
        "protocol" => Dynamic::Protocol,
        "packets" => Dynamic::Packets,
        "bytes" => Dynamic::Bytes,
        "start" => Dynamic::Start,
        "end" => Dynamic::End,
        "action" => Dynamic::Action,
        "tcp-flags" => Dynamic::Flags,
        "type" => Dynamic::Type,
        "pkt-src-aws-service" => Dynamic::SrcService,
        "pkt-dst-aws-service" => Dynamic::DstService,
        "flow-direction" => Dynamic::Direction,
        "traffic-path" => Dynamic::Path,
        "reject-reason" => Dynamic::RejectReason,
        "encryption-status" => Dynamic::Encryption,
        "next-hop-interface-id" => Dynamic::NextHop(0),
        "next-hop-subnet-id" => Dynamic::NextHop(1),
        "next-hop-az-id" => Dynamic::NextHop(2),
        "next-hop-vpc-id" => Dynamic::NextHop(3),
        "next-hop-interface-type" => Dynamic::NextHop(4),
        _ => return None,
    })
}

/// Returns what never changes for an interface; `-` for what does not apply to it.
fn fixed(network: &Network, interface: &Interface, name: &str, version: u8) -> String {
    let vpc = &network.vpcs[interface.vpc];
    let subnet = &network.subnets[interface.subnet];
    let none = || "-".to_owned();
    match name {
        "version" => version.to_string(),
        "account-id" if interface.role == Role::Endpoint => "unknown".to_owned(),
        "account-id" => vpc.account.clone(),
        "interface-id" => interface.id.clone(),
        "log-status" => "OK".to_owned(),
        "vpc-id" => vpc.id.clone(),
        "subnet-id" => subnet.id.clone(),
        "instance-id" => interface.instance_id.clone().unwrap_or_else(none),
        "region" => network.region.clone(),
        "az-id" => network.zone_id(subnet.zone),
        "interface-type" => interface.role.interface_type().to_owned(),
        "interface-tag" => encoded(&interface.tag(network)),
        "interface-tag-2" => vpc.name.to_owned(),
        "instance-tag" if interface.instance_id.is_some() => encoded(&interface.tag(network)),
        "instance-tag-2" if interface.instance_id.is_some() => vpc.name.to_owned(),
        "asg-tag" if matches!(interface.role, Role::Web | Role::Eks) => {
            encoded(&format!("{} fleet", interface.role.name()))
        }
        _ if interface.role == Role::App => task(network, interface, name),
        _ => none(),
    }
}

/// Returns the ECS fields of a task on Fargate.
fn task(network: &Network, interface: &Interface, name: &str) -> String {
    let vpc = &network.vpcs[interface.vpc];
    let arn = |what: &str| format!("arn:aws:ecs:{}:{}:{what}", network.region, vpc.account);
    let task_id = &interface.resource_id;
    match name {
        "ecs-cluster-arn" => arn("cluster/prod"),
        "ecs-cluster-name" => "prod".to_owned(),
        "ecs-container-id" => format!("{task_id}-0527074092"),
        "ecs-service-name" => "app".to_owned(),
        "ecs-task-definition-arn" => arn("task-definition/app:7"),
        "ecs-task-arn" => arn(&format!("task/prod/{task_id}")),
        "ecs-task-id" => task_id.clone(),
        _ => "-".to_owned(),
    }
}

fn hop(network: &Network, interface: &Interface) -> [String; 5] {
    let subnet = &network.subnets[interface.subnet];
    [
        interface.id.clone(),
        subnet.id.clone(),
        network.zone_id(subnet.zone),
        network.vpcs[interface.vpc].id.clone(),
        interface.role.interface_type().to_owned(),
    ]
}

/// Hexadecimal digits.
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Returns a tag value as AWS writes it into records: percent-encoded, so without spaces.
fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            let digit = |it: u8| char::from(HEX[usize::from(it & 15)]);
            text.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    text
}
