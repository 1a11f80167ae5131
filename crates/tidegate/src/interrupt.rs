//! Ctrl-C and SIGTERM: the first asks, the second insists.

use std::future::Future;

use tidegate_collect::Stop;
use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Exit;
use crate::output::say::say;

/// Waits for Ctrl-C or SIGTERM.
pub(crate) async fn interrupted() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

/// Runs `work`; returns `None` if it was interrupted, with `work` dropped.
pub(crate) async fn unless_interrupted<T>(
    work: impl Future<Output = T>,
) -> std::io::Result<Option<T>> {
    tokio::select! {
        done = work => Ok(Some(done)),
        interrupted = interrupted() => interrupted.map(|()| None),
    }
}

/// Runs `work`, which the first signal asks to stop; the second ends the process at once.
///
/// Ending at once is safe: what is not committed is not in the lake, and the next run reads it
/// again.
pub(crate) async fn stopping<T>(stop: &Stop, work: impl Future<Output = T>) -> std::io::Result<T> {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => return Ok(done),
        interrupted = interrupted() => interrupted?,
    }
    stop.stop();
    say("\nstopping after the commit in hand; Ctrl-C again stops at once");
    tokio::select! {
        done = &mut work => Ok(done),
        interrupted = interrupted() => {
            interrupted?;
            std::process::exit(Exit::Interrupted as i32);
        }
    }
}
