//! The columns of `flows`, with what they mean.

use tidegate_model::context::{CONTEXT, ContextKind};
use tidegate_model::field::{FIELDS, Kind};
use tidegate_model::side::SIDES;

use crate::problem::{Code, Problem};
use crate::wire::{Column, ColumnKind};

/// Columns that a page of records has if nobody names any.
pub(crate) const DEFAULT: &[&str] = &[
    "end",
    "action",
    "direction",
    "srcaddr",
    "srcport",
    "dstaddr",
    "dstport",
    "protocol",
    "bytes",
    "packets",
    "interface_id",
    "initiator",
];

/// A column, with the version of flow logs that brought it.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) column: Column,
    pub(crate) since: Option<u8>,
}

/// Returns every column, in the order of the table.
pub(crate) fn all() -> Vec<Known> {
    let written = FIELDS.iter().map(|it| {
        let kind = match it.kind {
            Kind::Text | Kind::Address | Kind::Tag => ColumnKind::Text,
            Kind::Int32 | Kind::Int64 => ColumnKind::Number,
            Kind::Time => ColumnKind::Time,
        };
        let unit = Some(it.unit).filter(|it| !it.is_empty()).map(str::to_owned);
        let column = Column { name: it.column.to_owned(), kind, unit, doc: it.doc.to_owned() };
        Known { column, since: Some(it.since) }
    });
    let context = CONTEXT.iter().map(|it| {
        let kind = match it.kind {
            ContextKind::Text => ColumnKind::Text,
            ContextKind::Lists => ColumnKind::List,
            ContextKind::Flag => ColumnKind::Flag,
            ContextKind::Number | ContextKind::Float => ColumnKind::Number,
        };
        own(it.name, kind, it.doc)
    });
    let sides = SIDES.iter().map(|it| {
        let kind = if it.is_port { ColumnKind::Number } else { ColumnKind::Text };
        own(it.name, kind, it.doc)
    });
    written.chain(context).chain(sides).collect()
}

fn own(name: &str, kind: ColumnKind, doc: &str) -> Known {
    let (name, doc) = (name.to_owned(), doc.to_owned());
    Known { column: Column { name, kind, unit: None, doc }, since: None }
}

/// Returns the columns that a parameter names: `*` for all, names with commas between them.
///
/// # Errors
///
/// `usage`, if one is unknown.
pub(crate) fn named(text: Option<&str>) -> Result<Vec<Column>, Problem> {
    let all: Vec<Column> = all().into_iter().map(|it| it.column).collect();
    let names: Vec<&str> = match text.map(str::trim) {
        None | Some("") => DEFAULT.to_vec(),
        Some("*") => return Ok(all),
        Some(text) => text.split(',').map(str::trim).collect(),
    };
    let find = |name: &&str| {
        let found = all.iter().find(|it| it.name == *name).cloned();
        found.ok_or_else(|| unknown(name, &all))
    };
    let mut columns: Vec<Column> = Vec::new();
    for column in names.iter().map(find) {
        let column = column?;
        if columns.iter().all(|it| it.name != column.name) {
            columns.push(column);
        }
    }
    Ok(columns)
}

fn unknown(name: &str, all: &[Column]) -> Problem {
    let shown: String = name.chars().take(40).collect();
    let problem = Problem::new(Code::Usage, format!("there is no column `{shown}`"));
    let names = all.iter().map(|it| it.name.as_str());
    match tidegate_query::nearest::nearest(name, names) {
        Some(near) => {
            problem.hint(format!("did you mean `{near}`?")).suggestions(vec![near.to_owned()])
        }
        None => problem.hint("/api/v1/schema lists them as `fields`"),
    }
}

/// Returns the column as SQL names it.
pub(crate) fn quoted(name: &str) -> String {
    match name {
        "end" => "\"end\"".to_owned(),
        _ => name.to_owned(),
    }
}

/// Returns the kind of page that the values of a column have.
pub(crate) fn entity(name: &str) -> Option<&'static str> {
    Some(match name {
        "srcaddr" | "dstaddr" | "pkt_srcaddr" | "pkt_dstaddr" | "client_addr" | "server_addr" => {
            "address"
        }
        "interface_id" | "peer_interface_id" | "next_hop_interface_id" => "interface",
        "instance_id" => "instance",
        "security_group_ids" | "peer_security_group_ids" => "security-group",
        "subnet_id" | "next_hop_subnet_id" => "subnet",
        "vpc_id" | "next_hop_vpc_id" => "vpc",
        "account_id" => "account",
        "srcport" | "dstport" | "server_port" => "port",
        "src_as_number" | "dst_as_number" => "as",
        "src_country_code" | "dst_country_code" => "country",
        _ => return None,
    })
}
