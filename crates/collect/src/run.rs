//! One run: from the sources to the last commit, look after look if it follows.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tidegate_store::commit::Writer;
use tidegate_store::{Lake, Opener, compact};

use crate::error::in_words;
use crate::find::own::Own;
use crate::pass::Pass;
use crate::progress::{Phase, Progress, Stop};
use crate::tally::Tally;
use crate::{Request, Result, Summary};

/// How often a run looks whether it was stopped while it waits.
const STOP_CHECK: Duration = Duration::from_millis(200);

/// How often a run that follows keeps what it saw.
const REMEMBER_EVERY: Duration = Duration::from_mins(5);

/// Collects what `request` names into `lake`.
///
/// # Errors
///
/// If the lake or a listing fails. An object that cannot be read is no error: it is in
/// [`Summary::failed`], and the next run tries it again. While it follows, a source that cannot be
/// listed is no error either, but a warning: the next look tries it again. What was committed
/// before an error stays.
pub async fn run(
    lake: &Lake,
    opener: Arc<dyn Opener>,
    request: &Request,
    progress: Arc<Progress>,
    stop: &Stop,
) -> Result<Summary> {
    let begin = Instant::now();
    let mut summary = Summary::default();
    let tally = Mutex::new(Tally::default());
    progress.set_phase(Phase::Opening);
    let mut writer = Writer::new(lake).await?;
    summary.version = writer.version();
    let own = Own::of(lake)?;
    let pass = Pass { lake, opener, request, own, progress: &progress, stop, tally: &tally };
    let looked = looks(&pass, &mut writer, &mut summary).await;
    // After an error as well: what was committed before was enriched by what was seen.
    remember(&pass).await;
    looked?;
    progress.set_phase(Phase::Done);
    tally.into_inner().unwrap_or_else(PoisonError::into_inner).report(&mut summary);
    summary.is_interrupted = stop.is_stopped() && request.follow.is_none();
    summary.elapsed_ms = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(summary)
}

/// Looks at the sources until there is no other look to come.
async fn looks(pass: &Pass<'_>, writer: &mut Writer, summary: &mut Summary) -> Result<()> {
    let (request, progress, stop) = (pass.request, pass.progress, pass.stop);
    let mut remembered = Instant::now();
    loop {
        progress.set_phase(Phase::Collecting);
        let n_commits_before = summary.n_commits;
        while pass.run(writer, summary).await? {}
        let has_committed = summary.n_commits > n_commits_before;
        if request.is_compacting && has_committed && !stop.is_stopped() {
            progress.set_phase(Phase::Compacting);
            compact(pass.lake, summary, pass.tally).await;
        }
        let Some(pause) = request.follow.filter(|_| !stop.is_stopped()) else { return Ok(()) };
        if remembered.elapsed() > REMEMBER_EVERY {
            remember(pass).await;
            remembered = Instant::now();
        }
        progress.set_phase(Phase::Waiting);
        wait(pause, stop).await;
    }
}

/// Keeps what was seen for the next run, and says what is wrong with the databases. All is stored by
/// now: without it, the next run knows less.
async fn remember(pass: &Pass<'_>) {
    let Some(context) = &pass.request.context else { return };
    let mut warnings: Vec<String> = context.trouble().into_iter().collect();
    if let Err(error) = context.remember(pass.lake).await {
        warnings.push(format!("cannot keep what was seen for the next run: {}", in_words(&error)));
    }
    for warning in warnings {
        tracing::warn!("{warning}");
        pass.tally.lock().unwrap_or_else(PoisonError::into_inner).warn(warning);
    }
}

/// Puts small files together. All is stored by now: a failure leaves more files than there need be.
async fn compact(lake: &Lake, summary: &mut Summary, tally: &Mutex<Tally>) {
    match compact::run(lake, compact::Options::WHEN_WORTH_IT).await {
        Ok(report) => summary.n_files_compacted += report.n_files_before,
        Err(error) => {
            let warning = format!("cannot put small files together: {}", in_words(&error));
            tracing::warn!("{warning}");
            tally.lock().unwrap_or_else(PoisonError::into_inner).warn(warning);
        }
    }
}

async fn wait(pause: Duration, stop: &Stop) {
    let begin = Instant::now();
    while begin.elapsed() < pause && !stop.is_stopped() {
        tokio::time::sleep(STOP_CHECK.min(pause)).await;
    }
}
