//! What the inventory knows of a thing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::kind::Kind;
use super::{EntityFact, EntityState};
use crate::app::App;
use crate::problem::Problem;
use crate::rows;
use crate::wire::{Cell, EntityLink};

/// States of one thing that are told, the newest of them.
const STATES_MAX: usize = 200;

/// Things that belong to another which are told.
const RELATED_MAX: usize = 100;

/// Columns that are told elsewhere, or mean nothing to people.
const LEFT_OUT: [&str; 4] = ["id", "valid_from", "valid_until", "source"];

/// A switch of interfaces, which AWS calls a check.
const CHECKED: &str = "has_source_dest_check";

/// What is known of a thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) is_found: bool,
    pub(super) title: Option<String>,
    pub(super) facts: Vec<EntityFact>,
    pub(super) related: Vec<EntityLink>,
    pub(super) history: Vec<EntityState>,
}

/// A row of the inventory, by column.
type Row = BTreeMap<String, Value>;

/// Returns what the inventory knows.
pub(super) async fn known(app: &App, kind: Kind, id: &str) -> Result<Known, Problem> {
    let Some((table, condition)) = kind.rows(id) else { return Ok(Known::default()) };
    let sql = format!(
        "SELECT * FROM {table} WHERE {condition} ORDER BY valid_from DESC LIMIT {STATES_MAX}"
    );
    let (columns, rows) = states(app, &sql).await?;
    let Some(newest) = rows.first() else { return Ok(Known::default()) };
    let mut facts: Vec<EntityFact> =
        columns.iter().filter_map(|it| fact(it, newest.get(it)?)).collect();
    if kind == Kind::Address
        && let Some(id) = newest.get("id").and_then(Value::as_str)
    {
        facts.insert(0, linked("Interface", id, "interface"));
    }
    Ok(Known {
        is_found: true,
        title: title(kind, newest),
        facts,
        related: related(app, kind, id).await?,
        history: history(&columns, &rows),
    })
}

async fn states(app: &App, sql: &str) -> Result<(Vec<String>, Vec<Row>), Problem> {
    let (columns, rows) = rows::all(app, sql).await?;
    let named =
        |row: Vec<Cell>| columns.iter().cloned().zip(row.into_iter().map(|it| it.0)).collect();
    let rows = rows.into_iter().map(named).collect();
    Ok((columns, rows))
}

fn title(kind: Kind, row: &Row) -> Option<String> {
    let tag = row.get("tags").and_then(|it| it.get("Name")).and_then(Value::as_str);
    let name = row.get("name").and_then(Value::as_str);
    let description = row.get("description").and_then(Value::as_str);
    let words = match kind {
        Kind::Address => return None,
        Kind::SecurityGroup => name.or(tag),
        _ => tag.or(name).or(description),
    };
    words.filter(|it| !it.is_empty()).map(str::to_owned)
}

fn fact(column: &str, value: &Value) -> Option<EntityFact> {
    if LEFT_OUT.contains(&column) {
        return None;
    }
    let text = said(column, value).filter(|it| !it.is_empty())?;
    let kind = match column {
        "vpc_id" => Some("vpc"),
        "subnet_id" => Some("subnet"),
        "instance_id" => Some("instance"),
        "account_id" => Some("account"),
        "primary_address" => Some("address"),
        "security_group_ids" if !text.contains(", ") => Some("security-group"),
        "interface_ids" if !text.contains(", ") => Some("interface"),
        _ => None,
    };
    let name = words(column);
    Some(match kind {
        Some(kind) => linked(&name, &text, kind),
        None => EntityFact { name, value: text, link: None },
    })
}

fn linked(name: &str, id: &str, kind: &str) -> EntityFact {
    let link = EntityLink { kind: kind.to_owned(), id: id.to_owned(), label: id.to_owned() };
    EntityFact { name: name.to_owned(), value: id.to_owned(), link: Some(link) }
}

/// Returns a column's name as people write it.
fn words(column: &str) -> String {
    if column == CHECKED {
        return "Source/destination check".to_owned();
    }
    let words = column.strip_prefix("is_").unwrap_or(column);
    let words = words.replace('_', " ").replace(" ids", "s").replace(" id", "");
    let words = words.replace("vpc", "VPC").replace("ipv6", "IPv6");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |it| it.to_uppercase().chain(chars).collect())
}

/// Returns the value of a column as people say it.
fn said(column: &str, value: &Value) -> Option<String> {
    match value {
        Value::Bool(is_on) if column == CHECKED => Some(if *is_on { "on" } else { "off" }.into()),
        other => text(other),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(if *flag { "yes" } else { "no" }.to_owned()),
        Value::Array(values) => Some(values.iter().filter_map(text).collect::<Vec<_>>().join(", ")),
        Value::Object(entries) => {
            let texts =
                entries.iter().map(|(key, it)| format!("{key} = {}", text(it).unwrap_or_default()));
            Some(texts.collect::<Vec<_>>().join(", "))
        }
        Value::Number(number) => Some(number.to_string()),
    }
}

/// Returns what a thing was, the newest first: for each state, what it changed.
fn history(columns: &[String], rows: &[Row]) -> Vec<EntityState> {
    let moment =
        |row: &Row, column: &str| row.get(column).and_then(Value::as_str).map(str::to_owned);
    let states = rows.iter().enumerate().map(|(index, row)| EntityState {
        from: moment(row, "valid_from"),
        until: moment(row, "valid_until"),
        text: match rows.get(index + 1) {
            None => "first known".to_owned(),
            Some(before) => changes(columns, before, row),
        },
    });
    states.collect()
}

fn changes(columns: &[String], before: &Row, row: &Row) -> String {
    let changed = columns.iter().filter(|it| !LEFT_OUT.contains(&it.as_str()));
    let changed = changed.filter_map(|it| {
        let (old, new) = (before.get(it)?, row.get(it)?);
        let shown = |value| said(it, value).filter(|it| !it.is_empty()).unwrap_or("none".into());
        (old != new).then(|| format!("{}: {} -> {}", words(it), shown(old), shown(new)))
    });
    let changed: Vec<String> = changed.collect();
    if changed.is_empty() { "seen again".to_owned() } else { changed.join("; ") }
}

/// Returns what belongs to a thing.
async fn related(app: &App, kind: Kind, id: &str) -> Result<Vec<EntityLink>, Problem> {
    let id = id.replace('\'', "''");
    let condition = match kind {
        Kind::SecurityGroup => format!("array_has(security_group_ids, '{id}')"),
        Kind::Instance => format!("instance_id = '{id}'"),
        Kind::Subnet => format!("subnet_id = '{id}'"),
        _ => return Ok(Vec::new()),
    };
    let sql = format!(
        "SELECT id, coalesce(max(tags['Name']), max(description), '') AS label FROM interfaces \
         WHERE valid_until IS NULL AND {condition} GROUP BY id ORDER BY id LIMIT {RELATED_MAX}"
    );
    let rows = crate::api::schema::texts(app, &sql).await?;
    let links = rows.into_iter().filter_map(|row| match row.as_slice() {
        [Some(id), label] => {
            let label = label.clone().filter(|it| !it.is_empty()).unwrap_or_else(|| id.clone());
            Some(EntityLink { kind: "interface".to_owned(), id: id.clone(), label })
        }
        _ => None,
    });
    Ok(links.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(column: &str, value: &Value, expected: &str) {
        let fact = fact(column, value).unwrap();
        assert_eq!(format!("{}: {}", fact.name, fact.value), expected);
    }

    #[test]
    fn facts_are_told_as_people_say_them() {
        check("has_source_dest_check", &json!(true), "Source/destination check: on");
        check("is_requester_managed", &json!(false), "Requester managed: no");
        check("security_group_ids", &json!(["sg-1", "sg-2"]), "Security groups: sg-1, sg-2");
        check("vpc_id", &json!("vpc-1"), "VPC: vpc-1");
    }

    #[test]
    fn the_history_tells_what_changed() {
        let column = "has_source_dest_check".to_owned();
        let row = |is_on: bool| Row::from([(column.clone(), json!(is_on))]);
        let told = changes(std::slice::from_ref(&column), &row(true), &row(false));
        assert_eq!(told, "Source/destination check: on -> off");
        assert_eq!(changes(std::slice::from_ref(&column), &row(true), &row(true)), "seen again");
    }
}
