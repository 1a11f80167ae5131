//! Steps as a file: JSON that people can read before they say yes.

use serde_json::{Value, json};
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::{Peer, SecurityGroupRule};

use super::{Action, GroupState, Step, Steps, words};
use crate::flow::protocol_name;

/// What the file says to be.
const FORMAT: &str = "tidegate security group plan";

/// The version of the form.
const VERSION: u64 = 1;

/// Rules and steps that a file may have: a plan of thousands of groups is below that.
const ITEMS_MAX: usize = 1_000_000;

/// Why a file is no plan.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not JSON.
    #[error("cannot read the plan: it is not JSON")]
    Json(#[source] serde_json::Error),
    /// Something in it is not what it should be.
    #[error("cannot read the plan: `{place}` {reason}")]
    Field {
        /// Where, as a JSON path.
        place: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

impl Error {
    /// What the person at the terminal can do next.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        "a plan is what `tidegate advise sg --emit plan` writes, or the rollback of one"
    }
}

/// Returns the file of steps, with a line for people at each rule.
#[must_use]
pub fn to_json(steps: &Steps) -> String {
    let groups = steps.groups.iter().map(|it| {
        json!({
            "id": it.id,
            "name": it.name,
            "region": it.region,
            "account_id": it.account_id,
            "rules_before": it.rules.iter().map(rule_to_json).collect::<Vec<_>>(),
        })
    });
    let own = steps.steps.iter().map(|it| {
        json!({
            "action": action_name(it.action),
            "group_id": it.group_id,
            "rules": it.rules.iter().map(rule_to_json).collect::<Vec<_>>(),
            "is_egress": it.is_egress,
        })
    });
    let file = json!({
        "format": FORMAT,
        "version": VERSION,
        "is_rollback": steps.is_rollback,
        "groups": groups.collect::<Vec<_>>(),
        "steps": own.collect::<Vec<_>>(),
    });
    format!("{file:#}\n")
}

/// Reads the file of steps.
///
/// # Errors
///
/// [`Error`] with the place that is wrong. Nothing is guessed: a plan that is not understood wholly
/// is not a plan.
pub fn from_json(text: &str) -> Result<Steps, Error> {
    let file: Value = serde_json::from_str(text).map_err(Error::Json)?;
    if file["format"] != FORMAT {
        return Err(field("format", "is not that of a plan"));
    }
    if file["version"] != VERSION {
        return Err(field("version", "is not 1, which is the one that is known"));
    }
    let groups = list(&file, "", "groups")?.into_iter().map(|(value, place)| {
        let rules = list(value, &place, "rules_before")?;
        Ok(GroupState {
            id: text_of(value, &place, "id")?,
            name: text_of(value, &place, "name")?,
            region: text_of(value, &place, "region")?,
            account_id: text_of(value, &place, "account_id")?,
            rules: rules.into_iter().map(rule_from_json).collect::<Result<_, Error>>()?,
        })
    });
    let groups: Vec<GroupState> = groups.collect::<Result<_, Error>>()?;
    let steps = list(&file, "", "steps")?.into_iter().map(|(value, place)| {
        let action = match value["action"].as_str() {
            Some("authorize") => Action::Authorize,
            Some("revoke") => Action::Revoke,
            _ => return Err(field(format!("{place}.action"), "is not authorize or revoke")),
        };
        let rules = list(value, &place, "rules")?;
        let step = Step {
            action,
            group_id: text_of(value, &place, "group_id")?,
            is_egress: flag_of(value, &place, "is_egress")?,
            rules: rules.into_iter().map(rule_from_json).collect::<Result<_, Error>>()?,
        };
        check(&step, &groups, &place)?;
        Ok(step)
    });
    let steps = steps.collect::<Result<_, Error>>()?;
    let is_rollback = file["is_rollback"].as_bool();
    let is_rollback = is_rollback.ok_or_else(|| field("is_rollback", "is not true or false"))?;
    Ok(Steps { groups, steps, is_rollback })
}

/// Checks that a step is about a group of the plan, and its rules about the step's group and way.
fn check(step: &Step, groups: &[GroupState], place: &str) -> Result<(), Error> {
    if !groups.iter().any(|it| it.id == step.group_id) {
        return Err(field(format!("{place}.group_id"), "is not one of the plan's groups"));
    }
    let is_own =
        |it: &SecurityGroupRule| it.group_id == step.group_id && it.is_egress == step.is_egress;
    match step.rules.iter().position(|it| !is_own(it)) {
        Some(index) => Err(field(format!("{place}.rules[{index}]"), "is of another group or way")),
        None => Ok(()),
    }
}

fn action_name(action: Action) -> &'static str {
    match action {
        Action::Authorize => "authorize",
        Action::Revoke => "revoke",
    }
}

fn rule_to_json(rule: &SecurityGroupRule) -> Value {
    let mut value = json!({
        "id": rule.id,
        "group_id": rule.group_id,
        "is_egress": rule.is_egress,
        "protocol": protocol_name(rule.protocol),
        "from_port": rule.from_port,
        "to_port": rule.to_port,
        "description": rule.description,
        "says": words(rule),
    });
    let (name, peer) = match &rule.peer {
        Peer::Cidr(cidr) => ("cidr", cidr.to_string()),
        Peer::PrefixList(id) => ("prefix_list_id", id.clone()),
        Peer::SecurityGroup(id) => ("referenced_group_id", id.clone()),
    };
    value[name] = peer.into();
    value
}

fn rule_from_json((value, place): (&Value, String)) -> Result<SecurityGroupRule, Error> {
    let port = |name: &str| match &value[name] {
        Value::Null => Ok(None),
        it => match it.as_i64().map(i32::try_from) {
            Some(Ok(port)) if port <= i32::from(u16::MAX) => Ok(Some(port)),
            _ => Err(field(format!("{place}.{name}"), "is no port")),
        },
    };
    Ok(SecurityGroupRule {
        id: text_of(value, &place, "id")?,
        group_id: text_of(value, &place, "group_id")?,
        is_egress: flag_of(value, &place, "is_egress")?,
        protocol: protocol(&text_of(value, &place, "protocol")?)
            .ok_or_else(|| field(format!("{place}.protocol"), "is no protocol"))?,
        from_port: port("from_port")?,
        to_port: port("to_port")?,
        peer: peer(value, &place)?,
        description: text_of(value, &place, "description")?,
    })
}

/// Returns the protocol that a word means, `Some(None)` for all.
#[expect(clippy::option_option, reason = "unreadable, all, or one")]
fn protocol(text: &str) -> Option<Option<u8>> {
    match text {
        "-1" => Some(None),
        text => (0..=u8::MAX).find(|it| protocol_name(Some(*it)) == text).map(Some),
    }
}

fn peer(value: &Value, place: &str) -> Result<Peer, Error> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    match (text("cidr"), text("prefix_list_id"), text("referenced_group_id")) {
        (Some(cidr), None, None) => Cidr::parse(&cidr)
            .map(Peer::Cidr)
            .ok_or_else(|| field(format!("{place}.cidr"), "is no block of addresses")),
        (None, Some(id), None) => Ok(Peer::PrefixList(id)),
        (None, None, Some(id)) => Ok(Peer::SecurityGroup(id)),
        _ => Err(field(place, "does not have exactly one peer")),
    }
}

fn list<'a>(value: &'a Value, place: &str, name: &str) -> Result<Vec<(&'a Value, String)>, Error> {
    let path = if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") };
    let Some(items) = value[name].as_array() else { return Err(field(path, "is no list")) };
    if items.len() > ITEMS_MAX {
        return Err(field(path, "is too long"));
    }
    let items = items.iter().enumerate();
    Ok(items.map(|(index, it)| (it, format!("{path}[{index}]"))).collect())
}

fn text_of(value: &Value, place: &str, name: &str) -> Result<String, Error> {
    let text = value[name].as_str().map(str::to_owned);
    text.ok_or_else(|| field(format!("{place}.{name}"), "is no text"))
}

fn flag_of(value: &Value, place: &str, name: &str) -> Result<bool, Error> {
    value[name].as_bool().ok_or_else(|| field(format!("{place}.{name}"), "is not true or false"))
}

fn field(place: impl Into<String>, reason: &'static str) -> Error {
    Error::Field { place: place.into(), reason }
}
