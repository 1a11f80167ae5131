//! Looks into the JSON of one item.
//!
//! The command line writes `PrivateIpAddress` where AWS Config writes `privateIpAddress`: fields are
//! asked for in the first form and found in both.

use std::net::IpAddr;

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;
use tidegate_model::cidr::Cidr;
use tidegate_model::inventory::Tags;

use super::Reader;

/// A value, and where it stands in its file.
#[derive(Clone, Debug)]
pub(super) struct Item<'a> {
    pub(super) value: &'a Value,
    pub(super) path: String,
}

impl<'a> Item<'a> {
    /// Returns the field, if it is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        let found = self.value.get(name).or_else(|| self.value.get(lower_first(name)));
        found.filter(|it| !it.is_null())
    }

    /// Returns the field as an item, null if it is not there.
    pub(super) fn child(&self, name: &str) -> Item<'a> {
        let value = self.get(name).unwrap_or(&Value::Null);
        Item { value, path: self.path_of(name) }
    }

    /// Returns the text of a field, empty if it is not there.
    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    /// Returns the first of the fields that has text.
    pub(super) fn first_text(&self, names: &[&str]) -> String {
        let texts = names.iter().map(|it| self.text(it));
        texts.into_iter().find(|it| !it.is_empty()).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    pub(super) fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_i64)
    }

    /// Returns the elements of a list, none if it is not there.
    pub(super) fn list(&self, name: &str) -> Vec<Item<'a>> {
        let elements = self.get(name).and_then(Value::as_array);
        let item =
            |(index, value)| Item { value, path: format!("{}[{index}]", self.path_of(name)) };
        elements.into_iter().flatten().enumerate().map(item).collect()
    }

    /// Returns the texts of a list.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let elements = self.get(name).and_then(Value::as_array);
        elements.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Returns the text `name` of each element of the list `list`.
    pub(super) fn texts_of(&self, list: &str, name: &str) -> Vec<String> {
        self.list(list).iter().map(|it| it.text(name)).filter(|it| !it.is_empty()).collect()
    }

    /// Returns the time of a field, in microseconds since the Unix epoch.
    pub(super) fn time(&self, name: &str, reader: &mut Reader<'_>) -> Option<i64> {
        let value = self.get(name)?;
        let moment = match value {
            Value::String(text) => time(text),
            // AWS Config writes some times as milliseconds.
            Value::Number(number) => number.as_i64().and_then(|it| it.checked_mul(1_000)),
            _ => None,
        };
        if moment.is_none() {
            reader.note(&self.path_of(name), &format!("`{}` is not a time", short(value)));
        }
        moment
    }

    /// Returns the address in a field.
    pub(super) fn address(&self, name: &str, reader: &mut Reader<'_>) -> Option<IpAddr> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        let address = text.parse().ok();
        if address.is_none() {
            reader.note(&self.path_of(name), &format!("`{text}` is not an address"));
        }
        address
    }

    /// Returns the block of addresses in a field.
    pub(super) fn cidr(&self, name: &str, reader: &mut Reader<'_>) -> Option<Cidr> {
        let text = self.text(name);
        if text.is_empty() {
            return None;
        }
        cidr(&text, &self.path_of(name), reader)
    }

    /// Returns the tags, as a list of keys and values or as an object.
    pub(super) fn tags(&self, names: &[&str]) -> Tags {
        let tags = names.iter().find_map(|it| self.get(it));
        match tags {
            Some(Value::Array(tags)) => tags.iter().filter_map(tag).collect(),
            Some(Value::Object(tags)) => {
                let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
                tags.iter().map(|(key, value)| (key.clone(), text(value))).collect()
            }
            _ => Tags::new(),
        }
    }

    /// Returns the id, or notes that there is none.
    pub(super) fn id(&self, name: &str, reader: &mut Reader<'_>) -> Option<String> {
        let id = self.text(name);
        if id.is_empty() {
            reader.note(&self.path, &format!("the item has no `{name}`"));
            return None;
        }
        Some(id)
    }

    /// Returns the first of the ids that is there, or notes that there is none.
    pub(super) fn first_id(&self, names: &[&str], reader: &mut Reader<'_>) -> Option<String> {
        let id = self.first_text(names);
        if id.is_empty() {
            let name = names.first().copied().unwrap_or_default();
            return self.id(name, reader);
        }
        Some(id)
    }

    /// Returns where the field stands, as it is written there.
    pub(super) fn path_of(&self, name: &str) -> String {
        let lower = lower_first(name);
        let is_lower = self.value.get(name).is_none() && self.value.get(&lower).is_some();
        let written = if is_lower { &lower } else { name };
        format!("{}.{written}", self.path)
    }
}

/// Returns the block of addresses that `text` is.
pub(super) fn cidr(text: &str, path: &str, reader: &mut Reader<'_>) -> Option<Cidr> {
    let cidr = Cidr::parse(text);
    if cidr.is_none() {
        reader.note(path, &format!("`{text}` is not a block of addresses"));
    }
    cidr
}

/// Returns the region of a zone: `us-west-2` of `us-west-2b` and of `us-west-2-lax-1a`.
pub(super) fn region_of_zone(zone: &str) -> String {
    let mut region = Vec::new();
    for part in zone.split('-') {
        let n_digits = part.bytes().take_while(u8::is_ascii_digit).count();
        if n_digits > 0 {
            region.push(&part[..n_digits]);
            return region.join("-");
        }
        region.push(part);
    }
    String::new()
}

/// Returns account and region of an ARN: `arn:aws:ec2:REGION:ACCOUNT:...`.
pub(super) fn parts_of_arn(arn: &str) -> (String, String) {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", _, _, region, account, _] => (account.to_owned(), region.to_owned()),
        _ => (String::new(), String::new()),
    }
}

fn tag(tag: &Value) -> Option<(String, String)> {
    let get = |upper: &str, lower: &str| tag.get(upper).or_else(|| tag.get(lower))?.as_str();
    Some((get("Key", "key")?.to_owned(), get("Value", "value").unwrap_or_default().to_owned()))
}

fn time(text: &str) -> Option<i64> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.timestamp_micros());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"];
    let with_zone = forms.iter().find_map(|it| DateTime::parse_from_str(text, it).ok());
    if let Some(time) = with_zone {
        return Some(time.timestamp_micros());
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(time.and_utc().timestamp_micros())
}

/// Returns the beginning of a value, for people.
fn short(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_tells_its_region() {
        let check = |zone: &str, expected: &str| assert_eq!(region_of_zone(zone), expected);
        check("us-east-1a", "us-east-1");
        check("us-gov-west-1b", "us-gov-west-1");
        check("us-west-2-lax-1a", "us-west-2");
        check("us-east-1-wl1-bos-wlz-1", "us-east-1");
        check("", "");
        check("nowhere", "");
    }

    #[test]
    fn times_are_read_in_every_form_that_tools_write() {
        let check = |text: &str| assert_eq!(time(text), Some(1_772_446_245_000_000), "{text}");
        check("2026-03-02T10:10:45.000Z");
        check("2026-03-02T10:10:45+00:00");
        check("2026-03-02T12:10:45.000+0200");
        check("2026-03-02T10:10:45");
        assert_eq!(time("yesterday"), None);
    }
}
