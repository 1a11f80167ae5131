//! Where the decoder of a worker puts what it finds.

use arrow::array::RecordBatch;
use tidegate_decode::{BadLine, Sink};
use tidegate_enrich::Noted;
use tidegate_store::layout::{self, Arranged, Gather};

use super::{Gone, Parcel, Shared};
use crate::letters::Letters;

/// Records and bad lines that wait to be handed over.
#[derive(Default)]
pub(super) struct Tray {
    pub(super) gather: Gather,
    pub(super) letters: Letters,
}

/// Rows that the common evidence has seen, and what it noted of them.
pub(super) struct Seen {
    rows: Arranged,
    noted: Noted,
}

/// Takes batches and bad lines from the decoder; hands over files when the tray is full.
pub(super) struct Sinking<'a> {
    pub(super) worker: usize,
    pub(super) shared: &'a Shared,
    pub(super) tray: &'a mut Tray,
}

impl Sinking<'_> {
    pub(super) fn hand_over_files(&mut self) -> Result<(), Gone> {
        match self.take_rows()? {
            Some(rows) => self.hand_over_rows(rows),
            None => Ok(()),
        }
    }

    /// Takes the rows that wait, and lets the common evidence see them.
    pub(super) fn take_rows(&mut self) -> Result<Option<Seen>, Gone> {
        if self.tray.gather.n_rows() == 0 {
            return Ok(None);
        }
        match self.tray.gather.columns().and_then(layout::arrange) {
            Ok(rows) => {
                let context = self.shared.context.as_ref();
                let noted = context.map(|it| it.observe(&rows.columns)).unwrap_or_default();
                Ok(Some(Seen { rows, noted }))
            }
            Err(error) => self.send(Parcel::Broken(error)).map(|()| None),
        }
    }

    /// Gives rows their context and hands them over as files.
    pub(super) fn hand_over_rows(&mut self, seen: Seen) -> Result<(), Gone> {
        let Seen { mut rows, noted } = seen;
        if let Some(context) = &self.shared.context {
            context.apply(&mut rows.columns, &noted);
        }
        drop(noted);
        let parcel = match layout::files(&rows) {
            Ok(mut files) => {
                let stamp = self.shared.context.as_ref().map(|it| it.stamp().to_owned());
                for file in &mut files {
                    file.context.clone_from(&stamp);
                }
                Parcel::Files { worker: self.worker, files }
            }
            Err(error) => Parcel::Broken(error),
        };
        self.send(parcel)
    }

    fn send(&self, parcel: Parcel) -> Result<(), Gone> {
        self.shared.parcels.blocking_send(parcel).map_err(|_| Gone)
    }
}

impl Sink for Sinking<'_> {
    fn batch(&mut self, batch: RecordBatch) {
        self.tray.gather.push(batch);
        // In the middle of a huge object: make room. If nobody takes the files, the run is over,
        // and the next parcel ends this worker.
        if self.tray.gather.n_bytes() > 2 * self.shared.gather_bytes_max
            && self.hand_over_files().is_err()
        {
            self.shared.stop.stop();
        }
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        self.tray.letters.add(&bad_line);
    }

    fn is_stopped(&self) -> bool {
        self.shared.stop.is_stopped()
    }
}
