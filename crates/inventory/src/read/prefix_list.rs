//! Managed prefix lists: names from one command, entries from another.

use std::sync::Arc;

use serde_json::Value;
use tidegate_model::cidr::Cidr;

use super::interface::sort;
use super::item::Item;
use super::{Context, Reader};
use crate::seen::{Half, PrefixListPart};

/// Reads an item of `describe-managed-prefix-lists`. An item may carry its `Entries`, as a file put
/// together by hand does.
pub(super) fn read(reader: &mut Reader<'_>, context: &Context, item: &Item<'_>) -> Option<()> {
    let id = item.id("PrefixListId", reader)?;
    let name = item.text("PrefixListName");
    let owner_id = item.text("OwnerId");
    let region = reader.region();
    add(reader, context, &id, Half::Head { name, owner_id, region });
    if let Some(entries) = entries(reader, item) {
        add(reader, context, &id, Half::Entries(entries));
    }
    Some(())
}

/// Reads the output of `get-managed-prefix-list-entries`, which does not say whose entries they are:
/// the document has a `PrefixListId`, or the file's name has it.
pub(super) fn read_entries(
    reader: &mut Reader<'_>,
    context: &Context,
    id: Option<&str>,
    values: &[Value],
) {
    let id = id.map(str::to_owned).or_else(|| id_in(reader.file.name));
    let Some(id) = id else {
        let reason = "whose entries these are is unknown: name the file after the list, as \
                      `pl-0123456789abcdef0.json`, or add a `PrefixListId`";
        reader.note("Entries", reason);
        return;
    };
    let item = |(index, value)| Item { value, path: format!("Entries[{index}]") };
    let items: Vec<Item<'_>> = values.iter().enumerate().map(item).collect();
    if let Some(cidrs) = cidrs(reader, &items) {
        add(reader, context, &id, Half::Entries(cidrs));
    }
}

/// Returns the blocks of an item that carries its entries, ascending; `None` if it does not.
pub(super) fn entries(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Vec<Cidr>> {
    // The older `describe-prefix-lists` has the blocks as texts.
    let lists = ["Entries", "Cidrs"];
    lists.iter().find(|it| item.get(it).is_some())?;
    let items: Vec<Item<'_>> = lists.iter().flat_map(|it| item.list(it)).collect();
    cidrs(reader, &items)
}

/// Returns the blocks of entries, ascending; `None` if one cannot be read. Half of the entries are no
/// entries: a rule would seem to admit less than it does.
fn cidrs(reader: &mut Reader<'_>, items: &[Item<'_>]) -> Option<Vec<Cidr>> {
    let read: Vec<Option<Cidr>> = items.iter().map(|it| entry(reader, it)).collect();
    let mut cidrs: Vec<Cidr> = read.into_iter().collect::<Option<_>>()?;
    sort(&mut cidrs);
    Some(cidrs)
}

fn entry(reader: &mut Reader<'_>, item: &Item<'_>) -> Option<Cidr> {
    if let Some(text) = item.value.as_str() {
        return super::item::cidr(text, &item.path, reader);
    }
    item.id("Cidr", reader)?;
    item.cidr("Cidr", reader)
}

fn add(reader: &mut Reader<'_>, context: &Context, id: &str, half: Half) {
    let source = Arc::clone(&context.source);
    let moment_us = context.moment_us;
    let part = PrefixListPart { moment_us, source, id: id.to_owned(), half };
    reader.seen.prefix_list_parts.push(part);
}

/// Returns the id of a prefix list in a file's name.
fn id_in(name: &str) -> Option<String> {
    let base = name.rsplit(['/', '\\']).next()?;
    let from = base.find("pl-")?;
    let digits = base[from + 3..].bytes().take_while(u8::is_ascii_hexdigit).count();
    (digits > 0).then(|| base[from..from + 3 + digits].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_tells_whose_entries_it_has() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(id_in(name).as_deref(), expected, "{name}");
        };
        check("get-managed-prefix-list-entries-pl-63a5400a.json", Some("pl-63a5400a"));
        check("net/pl-0123456789abcdef0.json.gz", Some("pl-0123456789abcdef0"));
        check("pl-1/entries.json", None);
        check("entries.json", None);
    }
}
