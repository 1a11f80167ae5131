//! A column as small numbers: a code per row (or per key), and the text that each code stands for.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use arrow::array::{Array as _, ArrayRef, AsArray as _};
use arrow::datatypes::{Int32Type, Int64Type};
use hashbrown::HashMap;
use tidegate_model::columns::{Column, NULL, OfKeys};

use super::tally::small;

/// Numbers below this are looked up in a table: ports, protocols and flags are.
const N_SMALL: usize = 65_536;

/// So few of them are sorted rather than picked from all.
const N_SORTED_MAX: usize = 1024;

/// The small numbers in the order of their texts.
static SMALL_AS_TEXT: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut texts: Vec<(String, u32)> = (0..65_536_u32).map(|it| (it.to_string(), it)).collect();
    texts.sort_unstable();
    texts.into_iter().map(|it| it.1).collect()
});

/// A column as codes.
pub(super) struct Codes<'a> {
    /// A code per row or key, which are its items; whatever is not below `n_distinct` is NULL.
    of_items: Cow<'a, [u32]>,
    /// How many codes there are; the one after the last is NULL.
    pub(super) n_distinct: usize,
    /// The values, distinct and ascending.
    pub(super) labels: Vec<Cow<'a, str>>,
    /// For lists: the positions in `labels` of the elements of each code, and of NULL's, which has
    /// the position after the last, as has a list without elements.
    lists: Option<Vec<Vec<u32>>>,
}

impl<'a> Codes<'a> {
    /// Returns the codes of these rows of a column.
    pub(super) fn of(column: &'a Column, rows: Range<usize>) -> Self {
        match column {
            Column::Text { ids, values } => Self::text(Cow::Borrowed(&ids[rows]), borrowed(values)),
            Column::Lists { ids, values } => Self::lists(Cow::Borrowed(&ids[rows]), values),
            Column::Plain(array) => Self::plain(&array.slice(rows.start, rows.len())),
            Column::Keyed { keys, of_keys } => {
                let of_keys = Self::of_keys(of_keys);
                let ids = keys[rows].iter().map(|it| of_keys.code(*it as usize)).collect();
                Self { of_items: Cow::Owned(ids), ..of_keys }
            }
        }
    }

    /// Returns the codes of keys.
    pub(super) fn of_keys(of_keys: &'a OfKeys) -> Self {
        match of_keys {
            OfKeys::Text { ids, values } => Self::text(Cow::Borrowed(ids), borrowed(values)),
            OfKeys::Lists { ids, values } => Self::lists(Cow::Borrowed(ids), values),
            OfKeys::Int64(values) => Self::numbers(values.iter().copied()),
            OfKeys::Float64(_) | OfKeys::Boolean(_) => unreachable!("no dimension is of this kind"),
        }
    }

    fn plain(array: &ArrayRef) -> Self {
        if let Some(array) = array.as_primitive_opt::<Int32Type>() {
            return Self::numbers(array.iter().map(|it| it.map(i64::from)));
        }
        let Some(array) = array.as_primitive_opt::<Int64Type>() else {
            unreachable!("no dimension is of the type {}", array.data_type())
        };
        Self::numbers(array.iter())
    }

    fn text(ids: Cow<'a, [u32]>, labels: Vec<Cow<'a, str>>) -> Self {
        Self { of_items: ids, n_distinct: labels.len(), labels, lists: None }
    }

    fn lists(ids: Cow<'a, [u32]>, values: &'a [Vec<String>]) -> Self {
        let mut elements: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        elements.sort_unstable();
        elements.dedup();
        let code = |it: &String| elements.binary_search(&it.as_str()).ok().map(small);
        let null = vec![small(elements.len())];
        let of_list = |list: &Vec<String>| match list.iter().filter_map(code).collect::<Vec<_>>() {
            it if it.is_empty() => null.clone(),
            it => it,
        };
        let lists = values.iter().map(of_list).chain([null.clone()]).collect();
        let labels = elements.iter().map(|it| Cow::Borrowed(*it)).collect();
        Self { of_items: ids, n_distinct: values.len(), labels, lists: Some(lists) }
    }

    /// Returns the codes of numbers, in the order of their texts.
    pub(super) fn numbers(values: impl Iterator<Item = Option<i64>> + Clone) -> Self {
        let small = |it: i64| usize::try_from(it).ok().filter(|it| *it < N_SMALL);
        let mut code_of = vec![NULL; N_SMALL];
        for value in values.clone().flatten() {
            let Some(small) = small(value) else { return Self::large_numbers(values) };
            code_of[small] = 0;
        }
        let is_used = |it: &u32| code_of[*it as usize] != NULL;
        let mut used: Vec<u32> = (0..65_536_u32).filter(is_used).collect();
        if used.len() < N_SORTED_MAX {
            used.sort_by_cached_key(u32::to_string);
        } else {
            used = SMALL_AS_TEXT.iter().copied().filter(is_used).collect();
        }
        for (code, number) in (0..).zip(&used) {
            code_of[*number as usize] = code;
        }
        let labels = used.iter().map(|it| Cow::Owned(it.to_string())).collect();
        let code = |it: Option<i64>| it.and_then(small).map_or(NULL, |it| code_of[it]);
        Self::text(Cow::Owned(values.map(code).collect()), labels)
    }

    fn large_numbers(values: impl Iterator<Item = Option<i64>> + Clone) -> Self {
        let mut code_of: HashMap<i64, u32> = HashMap::new();
        code_of.extend(values.clone().flatten().map(|it| (it, 0)));
        let mut known: Vec<(String, i64)> =
            code_of.keys().map(|it| (it.to_string(), *it)).collect();
        known.sort_unstable();
        for (code, (_, number)) in (0..).zip(&known) {
            code_of.insert(*number, code);
        }
        let code = |it: Option<i64>| it.map_or(NULL, |it| code_of[&it]);
        let ids = values.map(code).collect();
        Self::text(Cow::Owned(ids), known.into_iter().map(|it| Cow::Owned(it.0)).collect())
    }

    /// Returns the code of a row, or of a key, which may be none; NULL has the code after the last.
    pub(super) fn code(&self, item: usize) -> u32 {
        self.of_items.get(item).copied().unwrap_or(NULL).min(small(self.n_distinct))
    }

    /// Returns the codes of rows.
    pub(super) fn codes(&self, rows: Range<usize>) -> impl Iterator<Item = u32> {
        let null = small(self.n_distinct);
        self.of_items[rows].iter().map(move |it| (*it).min(null))
    }

    /// If codes stand for lists, returns the positions in [`Self::labels`] of the elements of each.
    pub(super) fn elements(&self) -> Option<&[Vec<u32>]> {
        self.lists.as_deref()
    }

    /// Returns how many bits a code needs.
    pub(super) fn n_bits(&self) -> u32 {
        (usize::BITS - self.n_distinct.leading_zeros()).max(1)
    }
}

fn borrowed(values: &[String]) -> Vec<Cow<'_, str>> {
    values.iter().map(|it| Cow::Borrowed(it.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[Option<i64>]) -> String {
        let codes = Codes::numbers(values.iter().copied());
        let text = |it: u32| codes.labels.get(it as usize).map_or("-", |it| it.as_ref());
        let shown = codes.codes(0..values.len()).map(text).collect::<Vec<_>>().join(" ");
        assert!(codes.labels.is_sorted());
        shown
    }

    #[test]
    fn numbers_of_any_size_have_codes_in_the_order_of_their_texts() {
        assert_eq!(check(&[Some(443), None, Some(22), Some(443), Some(0)]), "443 - 22 443 0");
        assert_eq!(
            check(&[Some(-1), Some(65_536), None, Some(i64::MIN)]),
            "-1 65536 - -9223372036854775808"
        );
        assert_eq!(check(&[None]), "-");
    }
}
