//! What a filter may ask of: every column of `flows`, and fields over several columns.
//!
//! A column that `tidegate_model` gains is a field here by itself. What is known beyond its type,
//! as the values it can have, is in the tables here.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::LazyLock;

use tidegate_model::context::{CONTEXT, ContextKind};
use tidegate_model::field::{FIELDS, Kind};
use tidegate_model::schema::DATE;
use tidegate_model::side::{CLIENT_ADDR, CLIENT_PORT, SERVER_ADDR, SERVER_PORT, Side};

use FieldKind::{
    Address, Country, Date, Decimal, Flag, List, Number, Port, Protocol, System, Text, Time,
};

/// A field of the language. There is one value of each, so that equal names are equal fields.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// How its values are.
    pub kind: FieldKind,
    /// Unit of its values, or empty.
    pub unit: &'static str,
    /// The columns of `flows` that it stands for.
    pub columns: Columns,
    /// Values that it is known to have; empty if they are not known beforehand.
    pub values: &'static [&'static str],
    /// Whether it has no other values.
    pub is_closed: bool,
    /// What it means, in a sentence.
    pub doc: &'static str,
}

/// How the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Addresses, which lie in blocks.
    Address,
    /// Ports, which have names of services.
    Port,
    /// Protocols, which have names.
    Protocol,
    /// Whole numbers.
    Number,
    /// Numbers.
    Decimal,
    /// Moments.
    Time,
    /// Days.
    Date,
    /// Yes or no.
    Flag,
    /// Text.
    Text,
    /// Lists of text, of which one element must pass.
    List,
    /// Countries: two letters, or a name.
    Country,
    /// Autonomous systems: a number, or a name.
    System,
}

/// The columns of `flows` that a field stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// One column.
    One(&'static str),
    /// Several, of which one must pass.
    Either(&'static [&'static str]),
    /// One end of the connection: a column that follows from others.
    Side {
        /// The column.
        column: &'static str,
        /// What it is if the source opened the connection: the first of these that has a value.
        if_src: &'static [&'static str],
        /// What it is if the destination did.
        if_dst: &'static [&'static str],
    },
    /// What a function of SQL says of a column.
    Call {
        /// The function.
        function: &'static str,
        /// The column.
        column: &'static str,
    },
    /// Several things that have an identifier and a name, of which one must pass.
    Named {
        /// Columns of the identifiers.
        ids: &'static [&'static str],
        /// Columns of the names.
        names: &'static [&'static str],
    },
}

impl Columns {
    /// Returns all columns of the table that are read.
    pub fn all(self) -> impl Iterator<Item = &'static str> {
        let one = |it: &'static str| Some(it);
        let none: &'static [&'static str] = &[];
        let (first, a, b) = match self {
            Self::One(column) | Self::Call { column, .. } => (one(column), none, none),
            Self::Either(columns) => (None, columns, none),
            Self::Side { if_src, if_dst, .. } => (one("initiator"), if_src, if_dst),
            Self::Named { ids, names } => (None, ids, names),
        };
        first.into_iter().chain(a.iter().copied()).chain(b.iter().copied())
    }
}

const fn side(side: &Side) -> Columns {
    Columns::Side { column: side.name, if_src: side.if_src, if_dst: side.if_dst }
}

/// Fields that are no columns of the table, first of all since they are what people ask for.
#[rustfmt::skip]
const ACROSS: &[(&str, FieldKind, Columns, &str)] = &[
    ("addr", Address, Columns::Either(&["srcaddr", "dstaddr", "pkt_srcaddr", "pkt_dstaddr"]), "Either end's address, as the interface or as the packet had it."),
    ("port", Port, Columns::Either(&["srcport", "dstport"]), "Either end's port."),
    (CLIENT_ADDR.name, Address, side(&CLIENT_ADDR), CLIENT_ADDR.doc),
    (CLIENT_PORT.name, Port, side(&CLIENT_PORT), CLIENT_PORT.doc),
    (SERVER_ADDR.name, Address, side(&SERVER_ADDR), SERVER_ADDR.doc),
    (SERVER_PORT.name, Port, side(&SERVER_PORT), SERVER_PORT.doc),
    ("country", Country, Columns::Named { ids: &["src_country_code", "dst_country_code"], names: &["src_country_name", "dst_country_name"] }, "Either end's country: its two letters, or its name."),
    ("as", System, Columns::Named { ids: &["src_as_number", "dst_as_number"], names: &["src_as_name", "dst_as_name"] }, "Either end's autonomous system: its number, or its name."),
    ("aws_service", Text, Columns::Either(&["src_aws_service", "dst_aws_service", "pkt_src_aws_service", "pkt_dst_aws_service"]), "AWS's service whose range holds either end."),
    ("security_group", List, Columns::Either(&["security_group_ids", "peer_security_group_ids"]), "The security groups of the interface, or of the one at the other end."),
    ("interface", Text, Columns::Either(&["interface_id", "peer_interface_id"]), "The interface, or the one at the other end."),
];

/// Fields that follow from a column.
const CALLED: &[(&str, FieldKind, Columns, &str)] = &[
    ("src_is_private", Flag, is_private("srcaddr"), "Whether the internet cannot reach `srcaddr`."),
    ("dst_is_private", Flag, is_private("dstaddr"), "Whether the internet cannot reach `dstaddr`."),
];

const fn is_private(column: &'static str) -> Columns {
    Columns::Call { function: "is_private", column }
}

/// Other names of fields: short ones, and those of the older Athena tables.
#[rustfmt::skip]
const ALIASES: &[(&str, &str)] = &[
    ("ip", "addr"), ("address", "addr"), ("src", "srcaddr"), ("dst", "dstaddr"),
    ("sport", "srcport"), ("dport", "dstport"), ("proto", "protocol"),
    ("client", "client_addr"), ("server", "server_addr"), ("asn", "as"),
    ("eni", "interface"), ("sg", "security_group"), ("vpc", "vpc_id"), ("subnet", "subnet_id"),
    ("instance", "instance_id"), ("account", "account_id"),
    ("interfaceid", "interface_id"), ("sourceaddress", "srcaddr"), ("destinationaddress", "dstaddr"),
    ("sourceport", "srcport"), ("destinationport", "dstport"), ("numpackets", "packets"),
    ("numbytes", "bytes"), ("starttime", "start"), ("endtime", "end"), ("logstatus", "log_status"),
    ("dt", "date"),
];

/// Fields that have no other values than these.
const CLOSED: &[(&str, &[&str])] = &[
    ("action", &["ACCEPT", "REJECT"]),
    ("log_status", &["OK", "NODATA", "SKIPDATA"]),
    ("flow_direction", &["ingress", "egress"]),
    ("direction", &["ingress", "egress", "internal", "transit", "unknown"]),
    ("initiator", &["src", "dst", "unknown"]),
];

/// Fields that have these values, and perhaps others.
#[rustfmt::skip]
const USUAL: &[(&str, &[&str])] = &[
    ("type", &["IPv4", "IPv6", "EFA"]),
    ("reject_reason", &["BPA", "EC"]),
    ("sublocation_type", &["wavelength", "outpost", "localzone"]),
    ("resource_type", &["TransitGateway", "TransitGatewayAttachment"]),
    ("direction_source", &["aws", "inventory", "learned", "none"]),
    ("initiator_source", &["syn", "connection", "nat", "one-sided", "reset", "first", "service", "port", "none"]),
    ("vantage", &["sender", "receiver", "transit", "duplicate", "unknown"]),
    ("reject_cause", &["security-group", "nacl", "security-group-or-nacl", "block-public-access", "encryption-control", "late-packet", "unknown"]),
];

static ALL: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let [across, called] = [ACROSS, CALLED].map(|table| {
        table.iter().map(|(name, kind, columns, doc)| field(name, *kind, *columns, doc))
    });
    let written = FIELDS.iter().map(|it| Field {
        unit: it.unit,
        ..field(it.column, kind_of(it.column, it.kind), Columns::One(it.column), it.doc)
    });
    let context = CONTEXT.iter().map(|it| {
        let kind = match it.kind {
            ContextKind::Text => Text,
            ContextKind::Lists => List,
            ContextKind::Flag => Flag,
            ContextKind::Number => Number,
            ContextKind::Float => Decimal,
        };
        field(it.name, kind, Columns::One(it.name), it.doc)
    });
    let date = field(DATE, Date, Columns::One(DATE), "The UTC day of `end`.");
    across.chain(written).chain(context).chain([date]).chain(called).collect()
});

fn field(name: &'static str, kind: FieldKind, columns: Columns, doc: &'static str) -> Field {
    let find = |table: &[(&str, &'static [&'static str])]| {
        table.iter().find(|it| it.0 == name).map(|it| it.1)
    };
    let closed = find(CLOSED);
    let values = closed.or_else(|| find(USUAL)).unwrap_or_default();
    Field { name, kind, unit: "", columns, values, is_closed: closed.is_some(), doc }
}

fn kind_of(column: &str, kind: Kind) -> FieldKind {
    match (column, kind) {
        ("srcport" | "dstport", _) => Port,
        ("protocol", _) => Protocol,
        (_, Kind::Text | Kind::Tag) => Text,
        (_, Kind::Address) => Address,
        (_, Kind::Int32 | Kind::Int64) => Number,
        (_, Kind::Time) => Time,
    }
}

/// Returns every field: those over several columns, those that AWS writes, those of context, the
/// date, those that follow from a column.
#[must_use]
pub fn all() -> &'static [Field] {
    &ALL
}

/// Returns the field of this name or alias, in any case, with `-` and `_` taken as the same.
#[must_use]
pub fn find(name: &str) -> Option<&'static Field> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let alias = ALIASES.iter().find(|it| it.0 == name).map(|it| it.1);
    let name = alias.unwrap_or(&name);
    ALL.iter().find(|it| it.name == name)
}

/// Returns the names of all fields and their aliases.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|it| it.name).chain(ALIASES.iter().map(|it| it.0))
}

impl Field {
    /// Returns the field of the other end: of the destination for the source, of the server for the
    /// client.
    #[must_use]
    pub fn swapped(&'static self) -> &'static Self {
        let pairs = [("src", "dst"), ("dst", "src"), ("client", "server"), ("server", "client")];
        let other = |(here, there): (&str, &str)| {
            self.name.contains(here).then(|| find(&self.name.replacen(here, there, 1))).flatten()
        };
        pairs.into_iter().find_map(other).unwrap_or(self)
    }
}

impl FieldKind {
    /// Returns what such a field is called: `a number`.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Address => "an address",
            Port => "a port",
            Protocol => "a protocol",
            Number | Decimal => "a number",
            Time => "a moment",
            Date => "a day",
            Flag => "`true` or `false`",
            Text => "text",
            List => "a list",
            Country => "a country",
            System => "an autonomous system",
        }
    }

    /// Whether `~` looks into its values.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Address | Text | List | Country | System)
    }

    /// Whether `<` and `>` compare its values.
    #[must_use]
    pub fn is_ordered(self) -> bool {
        matches!(self, Port | Number | Decimal | Time | Date)
    }
}

impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Field {}

impl Ord for Field {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}

impl PartialOrd for Field {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for Field {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use tidegate_model::schema::{EXTRA, table_schema};

    use super::*;

    #[test]
    fn every_column_is_a_field_and_no_name_stands_twice() {
        let schema = table_schema();
        for column in schema.fields().iter().filter(|it| it.name() != EXTRA) {
            let field = find(column.name()).unwrap();
            assert_eq!(field.columns, Columns::One(field.name));
        }
        let mut names: Vec<&str> = names().collect();
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n_names);
        assert_eq!(all().len(), schema.fields().len() - 1 + ACROSS.len() + CALLED.len());
    }

    #[test]
    fn every_table_names_fields_and_columns_that_exist() {
        let known = |name: &str| all().iter().any(|it| it.name == name);
        assert!(ALIASES.iter().all(|it| known(it.1)));
        assert!(CLOSED.iter().chain(USUAL).all(|it| known(it.0)));
        let schema = table_schema();
        for column in all().iter().flat_map(|it| it.columns.all()) {
            assert!(schema.column_with_name(column).is_some(), "{column}");
        }
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find(text).map(|it| it.name), expected, "{text}");
        };
        check("flow-direction", Some("flow_direction"));
        check("Pkt-SrcAddr", Some("pkt_srcaddr"));
        check("DSTPORT", Some("dstport"));
        check("dport", Some("dstport"));
        check("numbytes", Some("bytes"));
        check("extra", None);
        check("", None);
    }

    #[test]
    fn both_ends_have_the_same_fields() {
        let check = |name: &str, expected: &str| {
            let field = find(name).unwrap();
            assert_eq!(field.swapped().name, expected);
            assert_eq!(field.swapped().swapped(), field);
        };
        check("srcaddr", "dstaddr");
        check("pkt_dst_aws_service", "pkt_src_aws_service");
        check("client_port", "server_port");
        check("src_as_number", "dst_as_number");
        check("tgw_src_vpc_account_id", "tgw_dst_vpc_account_id");
        check("addr", "addr");
        check("src_is_private", "dst_is_private");
        check("ecs_service_name", "ecs_service_name");
    }
}
