//! Another try at lines that were set aside, after a better format or a better Tidegate came.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use arrow::array::RecordBatch;
use bytes::Bytes;
use tidegate_decode::{BadLine, Counts, Decoder, LogFormat, Options, Sink};
use tidegate_store::commit::{self, NewFile, Writer};
use tidegate_store::dead_letter::{self, DeadLetter};
use tidegate_store::layout::{self, Gather};
use tidegate_store::ledger::{SourceObject, object_id};
use tidegate_store::{Error as StoreError, Lake};

use crate::Context;
use crate::find::key::flow_log_id;
use crate::progress::{Phase, Progress, Stop};
use crate::{Error, Result, Summary};

/// The mark of a file of dead letters in the ledger: its good lines are in the table.
const TAG: &str = "replayed";

/// Reads every line that was set aside again: by `log_format`, or else by the names of the columns
/// that the line was read by at first.
///
/// A file of dead letters of which some lines can be read now becomes an object of the ledger, and
/// what is still bad moves on into a new file, so that no line is ever stored twice. A file of
/// which nothing can be read stays as it is.
pub async fn replay_dead_letters(
    lake: &Lake,
    (log_format, context): (Option<LogFormat>, Option<Arc<Context>>),
    progress: &Arc<Progress>,
    stop: &Stop,
) -> Result<Summary> {
    let begin = Instant::now();
    let mut summary = Summary::default();
    let mut writer = Writer::new(lake).await?;
    summary.version = writer.version();
    progress.set_phase(Phase::Collecting);
    for path in dead_letter::list(lake).await? {
        if stop.is_stopped() {
            summary.is_interrupted = true;
            break;
        }
        summary.n_objects += 1;
        if is_replayed(&writer, &path) {
            summary.n_objects_known += 1;
            continue;
        }
        let how = (log_format.as_ref(), context.as_deref());
        replay(lake, &mut writer, how, &path, &mut summary).await?;
    }
    if let Some(context) = &context {
        context.remember(lake).await?;
    }
    progress.set_phase(Phase::Done);
    summary.elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

fn is_replayed(writer: &Writer, path: &str) -> bool {
    let ledger = writer.ledger();
    let ledger = ledger.read().unwrap_or_else(PoisonError::into_inner);
    ledger.contains(object_id(&address(path), TAG))
}

async fn replay(
    lake: &Lake,
    writer: &mut Writer,
    (log_format, context): (Option<&LogFormat>, Option<&Context>),
    path: &str,
    summary: &mut Summary,
) -> Result<()> {
    let letters = dead_letter::read(lake, path).await?;
    let mut tray = Tray::default();
    let (counts, still_bad) = decode(letters, log_format, &mut tray);
    let n_stored = counts.n_ok + counts.n_nodata + counts.n_skipdata;
    summary.n_bad += still_bad.len() as u64;
    if n_stored == 0 {
        return Ok(());
    }
    let mut object = SourceObject {
        url: address(path),
        tag: TAG.to_owned(),
        read_ms: lake.now_ms(),
        modified_ms: lake.now_ms(),
        n_records: counts.n_ok,
        n_nodata: counts.n_nodata,
        n_skipdata: counts.n_skipdata,
        start_us: counts.start_us_min,
        end_us: counts.end_us_max,
        ..SourceObject::default()
    };
    if !still_bad.is_empty() {
        object.dead_letters = Some(dead_letter::write(lake, &to_ndjson(&still_bad)).await?);
    }
    let mut files: Vec<NewFile> = Vec::new();
    let mut rows = layout::arrange(tray.gather.columns()?)?;
    if let Some(context) = context {
        let noted = context.observe(&rows.columns);
        context.apply(&mut rows.columns, &noted);
    }
    for mut file in layout::files(&rows)? {
        file.context = context.map(|it| it.stamp().to_owned());
        files.push(commit::put(lake, file).await?);
    }
    match writer.append(&files, std::slice::from_ref(&object)).await {
        Ok(version) => summary.version = version,
        Err(StoreError::Overlap { .. }) => return Ok(()),
        Err(error) => return Err(Error::Lake(error)),
    }
    summary.n_commits += 1;
    summary.n_objects_new += 1;
    summary.n_files += files.len() as u64;
    summary.n_records += counts.n_ok;
    summary.n_nodata += counts.n_nodata;
    summary.n_skipdata += counts.n_skipdata;
    summary.dead_letters.extend(object.dead_letters);
    Ok(())
}

/// Returns the address of a file of dead letters in the ledger. It does not say where the lake is:
/// a lake that was moved or copied has replayed what it had replayed.
fn address(path: &str) -> String {
    format!("lake:{path}")
}

/// Decodes each letter by itself; returns the counts and the letters that are still bad.
fn decode(
    letters: Vec<DeadLetter>,
    log_format: Option<&LogFormat>,
    tray: &mut Tray,
) -> (Counts, Vec<DeadLetter>) {
    let mut sum = Counts::default();
    let mut still_bad = Vec::new();
    let mut by_format: BTreeMap<Option<String>, Vec<DeadLetter>> = BTreeMap::new();
    for letter in letters {
        by_format.entry(letter.format.clone()).or_default().push(letter);
    }
    for (format, letters) in by_format {
        let own = format.and_then(|it| LogFormat::parse(&it).ok());
        let log_format = log_format.cloned().or(own);
        let mut decoder = Decoder::new(Options { log_format, ..Options::default() });
        for mut letter in letters {
            if letter.is_truncated {
                still_bad.push(letter);
                continue;
            }
            decoder.set_flow_log(flow_log_id(&letter.object));
            let line = Bytes::from(letter.raw.clone().into_bytes());
            let counts = decoder.decode_bytes(&line, tray);
            sum.add(&counts);
            if counts.n_bad > 0 {
                letter.reason = std::mem::take(&mut tray.reason);
                still_bad.push(letter);
            }
        }
        decoder.flush(tray);
    }
    (sum, still_bad)
}

fn to_ndjson(letters: &[DeadLetter]) -> Vec<u8> {
    let lines = letters.iter().filter_map(|it| serde_json::to_string(it).ok());
    lines.map(|it| it + "\n").collect::<String>().into_bytes()
}

#[derive(Default)]
struct Tray {
    gather: Gather,
    reason: String,
}

impl Sink for Tray {
    fn batch(&mut self, batch: RecordBatch) {
        self.gather.push(batch);
    }

    fn bad_line(&mut self, bad_line: BadLine) {
        self.reason = bad_line.reason;
    }
}
