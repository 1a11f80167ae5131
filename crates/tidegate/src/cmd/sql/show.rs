//! The answer to a statement, written as it comes.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use anyhow::Context as _;
use futures::StreamExt as _;
use tidegate_query::{Answer, Engine};

use crate::output::say::{self, say, styled, warn};
use crate::output::{self, Format, Look, Out, terminal};
use crate::quantity::{count, duration, plural};

/// Where rows go, and in which form.
#[derive(Clone, Debug)]
pub(in crate::cmd) struct Target {
    /// Form of the rows.
    pub(in crate::cmd) format: Format,
    /// How a table looks.
    pub(in crate::cmd) look: Look,
    /// Rows after which the other forms end.
    pub(in crate::cmd) rows_max: Option<u64>,
    /// File to write; stdout if there is none.
    pub(in crate::cmd) out: Option<PathBuf>,
    /// Whether warnings and notes are left out.
    pub(in crate::cmd) is_quiet: bool,
    /// Whether to say how many rows came and how long it took.
    pub(in crate::cmd) is_timed: bool,
}

/// What was written.
struct Written {
    n_rows: u64,
    is_cut: bool,
}

/// Runs a statement and writes its answer.
pub(in crate::cmd) async fn show(
    engine: &Engine,
    statement: &str,
    target: &Target,
) -> anyhow::Result<()> {
    let begin = Instant::now();
    let mut answer = engine.run(statement).await?;
    if let Some(message) = &answer.message
        && !target.is_quiet
    {
        say(message);
    }
    let mut written = Written { n_rows: 0, is_cut: false };
    if !answer.schema.fields().is_empty() {
        written = match &target.out {
            Some(path) => to_file(&mut answer, target, path).await?,
            None => write(&mut answer, target, terminal::stdout()).await?,
        };
    }
    if !target.is_quiet {
        notes(&answer, &written, target);
    }
    if target.is_timed {
        let elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
        let text = format!("{} in {}", plural(written.n_rows, "row"), duration(elapsed_ms));
        say(styled(say::FAINT, text));
    }
    Ok(())
}

fn notes(answer: &Answer, written: &Written, target: &Target) {
    let tells_itself = matches!(target.format, Format::Table | Format::Markdown);
    if written.is_cut && !tells_itself {
        warn(format_args!("cut off after {} rows, use `--limit`", count(written.n_rows)));
    }
    for message in answer.warnings.messages() {
        warn(message);
    }
    let (n_bad, n_objects) = (answer.warnings.n_bad_lines(), answer.warnings.n_objects());
    if n_objects > answer.warnings.messages().len() as u64 {
        warn(format_args!("left out {} bad lines of {} objects", count(n_bad), count(n_objects)));
    }
}

/// Writes the file whole or not at all.
async fn to_file(answer: &mut Answer, target: &Target, path: &Path) -> anyhow::Result<Written> {
    let attempt = || format!("cannot write `{}`", path.display());
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let file = File::create(&partial).with_context(attempt)?;
    let written = write(answer, target, Box::new(BufWriter::new(file))).await;
    match written {
        Ok(written) => {
            std::fs::rename(&partial, path).with_context(attempt)?;
            Ok(written)
        }
        Err(error) => {
            std::fs::remove_file(&partial).with_context(attempt)?;
            Err(error)
        }
    }
}

async fn write(answer: &mut Answer, target: &Target, out: Out) -> anyhow::Result<Written> {
    let is_counting = matches!(target.format, Format::Table | Format::Markdown);
    let rows_max = target.rows_max.filter(|_| !is_counting).unwrap_or(u64::MAX);
    let mut writer = output::writer(target.format, &answer.schema, out, target.look)?;
    let mut written = Written { n_rows: 0, is_cut: false };
    while let Some(batch) = answer.batches.next().await {
        let batch = batch?;
        let n_free = usize::try_from(rows_max - written.n_rows).unwrap_or(usize::MAX);
        let batch = if batch.num_rows() > n_free {
            written.is_cut = true;
            batch.slice(0, n_free)
        } else {
            batch
        };
        written.n_rows += batch.num_rows() as u64;
        writer.write(&batch)?;
        if written.is_cut || !writer.wants_more() {
            break;
        }
    }
    written.is_cut |= answer.is_cut.load(Relaxed);
    writer.finish(written.is_cut)?;
    Ok(written)
}
