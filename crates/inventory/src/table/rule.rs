//! Rules as rows: their peer is in one of three columns.

use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Fact, Peer, SecurityGroupRule};

use super::column::Access::{Int, Value};
use super::column::{Column, Row};
use crate::{Error, Kind, Result};

/// A rule as a row: its peer is in one of three columns.
#[derive(Clone, Debug, Default)]
pub(super) struct RuleRow {
    id: String,
    group_id: String,
    is_egress: bool,
    protocol: Option<i32>,
    from_port: Option<i32>,
    to_port: Option<i32>,
    cidr: Option<Cidr>,
    prefix_list_id: String,
    referenced_group_id: String,
    description: String,
}

impl Row for RuleRow {
    const TABLE: &'static str = Kind::SecurityGroupRule.table();

    const COLUMNS: &'static [Column<Self>] = &[
        Column::text("id", |it| &it.id, |it| &mut it.id),
        Column::text("group_id", |it| &it.group_id, |it| &mut it.group_id),
        Column::flag("is_egress", |it| &it.is_egress, |it| &mut it.is_egress),
        Column {
            name: "protocol",
            access: Int(|it| it.protocol, |it, value| it.protocol = Some(value)),
        },
        Column {
            name: "from_port",
            access: Int(|it| it.from_port, |it, value| it.from_port = Some(value)),
        },
        Column {
            name: "to_port",
            access: Int(|it| it.to_port, |it, value| it.to_port = Some(value)),
        },
        Column {
            name: "cidr",
            access: Value(
                |it| it.cidr.map(|it| it.to_string()),
                |it, value| {
                    it.cidr = Cidr::parse(value);
                    it.cidr.is_some()
                },
            ),
        },
        Column::text("prefix_list_id", |it| &it.prefix_list_id, |it| &mut it.prefix_list_id),
        Column::text(
            "referenced_group_id",
            |it| &it.referenced_group_id,
            |it| &mut it.referenced_group_id,
        ),
        Column::text("description", |it| &it.description, |it| &mut it.description),
    ];
}

/// Returns rules as rows.
pub(super) fn rows(facts: &[Fact<SecurityGroupRule>]) -> Vec<Fact<RuleRow>> {
    let row = |fact: &Fact<SecurityGroupRule>| Fact {
        validity: fact.validity,
        source: fact.source.clone(),
        value: row(&fact.value),
    };
    facts.iter().map(row).collect()
}

fn row(rule: &SecurityGroupRule) -> RuleRow {
    let mut row = RuleRow {
        id: rule.id.clone(),
        group_id: rule.group_id.clone(),
        is_egress: rule.is_egress,
        protocol: rule.protocol.map(i32::from),
        from_port: rule.from_port,
        to_port: rule.to_port,
        description: rule.description.clone(),
        ..RuleRow::default()
    };
    match &rule.peer {
        Peer::Cidr(cidr) => row.cidr = Some(*cidr),
        Peer::PrefixList(id) => row.prefix_list_id.clone_from(id),
        Peer::SecurityGroup(id) => row.referenced_group_id.clone_from(id),
    }
    row
}

/// Returns the rule of a row.
pub(super) fn rule(fact: Fact<RuleRow>) -> Result<Fact<SecurityGroupRule>> {
    let Fact { validity, source, value: row } = fact;
    let protocol = row.protocol.map(u8::try_from).transpose().map_err(|_| Error::Value {
        table: RuleRow::TABLE,
        column: "protocol",
        value: row.protocol.unwrap_or_default().to_string(),
    })?;
    let peer = match row.cidr {
        Some(cidr) => Peer::Cidr(cidr),
        None if row.prefix_list_id.is_empty() => Peer::SecurityGroup(row.referenced_group_id),
        None => Peer::PrefixList(row.prefix_list_id),
    };
    let value = SecurityGroupRule {
        id: row.id,
        group_id: row.group_id,
        is_egress: row.is_egress,
        protocol,
        from_port: row.from_port,
        to_port: row.to_port,
        peer,
        description: row.description,
    };
    Ok(Fact { validity, source, value })
}
