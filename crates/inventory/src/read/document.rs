//! Walks through a document and hands each list to who can read its items.
//!
//! Items come one at a time from the parser: a listing of a hundred thousand interfaces is never in
//! memory as a tree.

use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::item::Item;
use super::{
    Context, Reader, config, flow_log, function, group, interface, network, prefix_list, terraform,
};
use crate::Kind;

/// One document, or an array of them.
pub(super) struct Document<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    /// Where it stands in the file.
    pub(super) path: String,
}

/// How the items of a list are read.
#[derive(Clone, Copy)]
enum Items {
    /// As those of a listing of a kind. An item that cannot be read is `None`.
    Listed(Kind, fn(&mut Reader<'_>, &Context, &Item<'_>) -> Option<()>),
    /// Each by itself: from what is not there, nothing follows.
    Single(fn(&mut Reader<'_>, &Context, &Item<'_>)),
}

use Items::{Listed, Single};

impl Items {
    /// Returns the kind that is listed.
    fn kind(self) -> Option<Kind> {
        match self {
            Listed(kind, _) => Some(kind),
            Single(_) => None,
        }
    }

    fn read(self, reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) {
        match self {
            Single(read) => read(reader, context, item),
            Listed(kind, read) if read(reader, context, item).is_none() => reader.left_out(kind),
            Listed(..) => {}
        }
    }
}

/// The lists that are known: the key, what kind of file has it, and who reads an item.
const SECTIONS: &[(&str, &str, Items)] = &[
    ("NetworkInterfaces", CLI, Listed(Kind::Interface, interface::read)),
    ("SecurityGroups", CLI, Listed(Kind::SecurityGroup, group::read)),
    ("SecurityGroupRules", CLI, Listed(Kind::SecurityGroupRule, group::read_rule)),
    ("PrefixLists", CLI, Listed(Kind::PrefixList, prefix_list::read)),
    ("Subnets", CLI, Listed(Kind::Subnet, network::read_subnet)),
    ("Vpcs", CLI, Listed(Kind::Vpc, network::read_vpc)),
    ("NatGateways", CLI, Listed(Kind::NatGateway, network::read_nat_gateway)),
    ("Reservations", CLI, Listed(Kind::Instance, network::read_reservation)),
    ("FlowLogs", CLI, Listed(Kind::FlowLog, flow_log::read)),
    ("Functions", CLI, Listed(Kind::Function, function::read)),
    ("SecurityGroupReferenceSet", CLI, Listed(Kind::GroupReference, function::read_reference)),
    ("configurationItems", CONFIG, Single(config::read)),
    ("baseConfigurationItems", CONFIG, Single(config::read)),
    ("resources", TERRAFORM, Single(terraform::read)),
];

const CLI: &str = "aws-cli";
const CONFIG: &str = "config";
const TERRAFORM: &str = "terraform";

/// The version of Terraform state that is read.
const TERRAFORM_VERSION: i64 = 4;

/// What a document says about itself.
#[derive(Default)]
struct Head {
    version: Option<i64>,
    is_terraform: bool,
    has_more: bool,
    prefix_list_id: Option<String>,
    account_id: Option<String>,
    region: Option<String>,
    entries: Vec<Value>,
    has_entries: bool,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a document of an inventory")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let path = format!("{}[{index}]", self.path);
            let document = Document { reader: &mut *self.reader, path };
            if elements.next_element_seed(document)?.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut head = Head::default();
        while let Some(key) = entries.next_key::<String>()? {
            let path = join(&self.path, &key);
            match SECTIONS.iter().find(|it| it.0 == key) {
                Some((_, TERRAFORM, _)) if !head.is_readable_state() => {
                    entries.next_value::<IgnoredAny>()?;
                }
                Some((_, form, items)) => {
                    self.reader.is_known = true;
                    self.reader.kinds.extend(items.kind());
                    self.reader.place = head.place();
                    let (context, items) = (self.reader.context(form), *items);
                    let section = Section { reader: &mut *self.reader, path, context, items };
                    entries.next_value_seed(section)?;
                }
                None => head.read(&key, &mut entries)?,
            }
        }
        head.finish(self.reader, &self.path);
        Ok(())
    }
}

impl Head {
    fn is_readable_state(&self) -> bool {
        self.version.is_none_or(|it| it == TERRAFORM_VERSION)
    }

    /// Reads a value that is no list of things.
    fn read<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "version" => self.version = map.next_value::<Value>()?.as_i64(),
            "terraform_version" | "lineage" | "serial" | "modules" => {
                self.is_terraform = true;
                map.next_value::<IgnoredAny>()?;
            }
            "NextToken" | "nextToken" | "NextMarker" => self.has_more = text(map)?.is_some(),
            "PrefixListId" => self.prefix_list_id = text(map)?,
            "ListedAccountId" => self.account_id = text(map)?,
            "ListedRegion" => self.region = text(map)?,
            "Entries" => {
                self.has_entries = true;
                if let Value::Array(entries) = map.next_value()? {
                    self.entries = entries;
                }
            }
            _ => {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    /// Returns account and region that the document lists, if it said so before its lists.
    fn place(&self) -> Option<(String, String)> {
        Some((self.account_id.clone()?, self.region.clone()?))
    }

    fn finish(self, reader: &mut Reader<'_>, path: &str) {
        if self.has_entries {
            reader.is_known = true;
            let context = reader.context(CLI);
            let id = self.prefix_list_id.as_deref();
            prefix_list::read_entries(reader, &context, id, &self.entries);
        }
        if self.is_terraform && !self.is_readable_state() {
            let version = self.version.unwrap_or_default();
            let reason = format!(
                "Terraform state of version {version}; version {TERRAFORM_VERSION} is read, which \
                 `terraform state pull` of Terraform 0.12 and later writes"
            );
            reader.note(&join(path, "version"), &reason);
        }
        reader.end_document(self.has_more);
    }
}

fn text<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<String>, A::Error> {
    Ok(map.next_value::<Value>()?.as_str().map(str::to_owned))
}

/// A list of items of one kind.
struct Section<'r, 'a> {
    reader: &'r mut Reader<'a>,
    path: String,
    context: Context,
    items: Items,
}

impl<'de> DeserializeSeed<'de> for Section<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Section<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a list at `{}`", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = elements.next_element::<Value>()? {
            let item = Item { value: &value, path: format!("{}[{index}]", self.path) };
            self.items.read(self.reader, &self.context, &item);
            index += 1;
        }
        Ok(())
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
