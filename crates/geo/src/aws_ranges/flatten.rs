//! Blocks within blocks, as segments that lie side by side.

/// Something that comes next after a value.
pub(super) trait Successor: Copy + Ord {
    /// Returns the next value, if there is one.
    fn next(self) -> Option<Self>;
}

impl Successor for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

impl Successor for u128 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }
}

/// Segments from each start to before the next, some of which have an id.
#[derive(Debug)]
pub(super) struct Segments<K> {
    starts: Vec<K>,
    ids: Vec<Option<u32>>,
}

impl<K: Successor> Segments<K> {
    /// Returns the segments of blocks (first, last, id), each inside another or apart from it. They
    /// come by their first value and then from wide to narrow; the narrowest block has the say.
    pub(super) fn of(blocks: Vec<(K, K, u32)>) -> Self {
        let mut segments = Self { starts: Vec::new(), ids: Vec::new() };
        // The blocks that the last start lies in, the widest first. Blocks are prefixes, so there
        // are no more of them than an address has bits, and one more.
        let mut open: Vec<(K, u32)> = Vec::new();
        for (first, last, id) in blocks {
            segments.close(&mut open, Some(first));
            segments.push(first, Some(id));
            open.push((last, id));
        }
        segments.close(&mut open, None);
        segments
    }

    /// Ends the open blocks that end before `until`.
    fn close(&mut self, open: &mut Vec<(K, u32)>, until: Option<K>) {
        while let Some((last, _)) = open.pop_if(|it| until.is_none_or(|until| it.0 < until)) {
            if let Some(next) = last.next() {
                self.push(next, open.last().map(|it| it.1));
            }
        }
    }

    /// Begins a segment; one that began at the same value is no more.
    fn push(&mut self, start: K, id: Option<u32>) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.ids.pop();
        }
        self.starts.push(start);
        self.ids.push(id);
    }

    /// Returns the id of the segment that holds `key`.
    pub(super) fn find(&self, key: K) -> Option<u32> {
        let index = self.starts.partition_point(|it| *it <= key).checked_sub(1)?;
        self.ids[index]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The search and a look at every block agree, at the edges of the address space too.
        #[test]
        fn the_narrowest_block_has_the_say(
            blocks in prop::collection::vec((any::<u32>(), 0_u32..=32), 0..20),
            keys in prop::collection::vec(any::<u32>(), 0..20),
        ) {
            let rest = |n_bits: u32| u32::MAX.checked_shr(n_bits).unwrap_or(0);
            let mut blocks: Vec<(u32, u32)> =
                blocks.iter().map(|(it, n_bits)| (it & !rest(*n_bits), *n_bits)).collect();
            blocks.sort_unstable();
            blocks.dedup();
            let numbered: Vec<(u32, u32, u32)> = (0..).zip(&blocks)
                .map(|(id, (first, n_bits))| (*first, first | rest(*n_bits), id)).collect();
            let segments = Segments::of(numbered.clone());
            let edges = numbered.iter().flat_map(|(first, last, _)| {
                [first.wrapping_sub(1), *first, *last, last.wrapping_add(1)]
            });
            for key in keys.iter().copied().chain(edges).chain([0, u32::MAX]) {
                let naive = numbered.iter().filter(|it| (it.0..=it.1).contains(&key))
                    .min_by_key(|it| it.1 - it.0).map(|it| it.2);
                prop_assert_eq!(segments.find(key), naive, "{}", key);
            }
        }
    }
}
