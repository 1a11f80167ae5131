//! Progress on stderr: a bar on a terminal after half a second, else a line every ten seconds.
//!
//! Both say the same words and numbers. A thread of its own draws, so that nothing the work does
//! can stop the clock.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Terminal;
use crate::output::say::say;

/// A run that is over sooner than this shows no bar.
const BAR_AFTER: Duration = Duration::from_millis(500);

/// Between two drawings of the bar.
const BAR_EVERY: Duration = Duration::from_millis(100);

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Steps of the bar, which is filled by fraction.
const BAR_STEPS: u64 = 10_000;

/// What is going on at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// What is being done: `collecting`.
    pub(crate) phase: &'static str,
    /// How much of it is done, from 0 to 1, if that is known.
    pub(crate) fraction: Option<f64>,
    /// Numbers, in lines that fit 80 columns.
    pub(crate) lines: Vec<String>,
}

impl Reading {
    /// Returns the time that is left if it goes on like this.
    fn left(&self, elapsed: Duration) -> Option<Duration> {
        let fraction = self.fraction.filter(|it| *it > 0.01 && *it < 1.0)?;
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * (1.0 - fraction) / fraction).ok()
    }

    /// Returns the share that is done and the time that is left, `34 %, 12 s left`; or, if the
    /// whole is unknown, the time that went by.
    fn share(&self, elapsed: Duration) -> String {
        let Some(fraction) = self.fraction else { return span(elapsed) };
        let percent = format!("{:.0} %", fraction * 100.0);
        match self.left(elapsed) {
            Some(left) => format!("{percent}, {} left", span(left)),
            None => percent,
        }
    }
}

/// Whole seconds for reading: `12 s`, `4 min 05 s`, `2 h 10 min`.
fn span(span: Duration) -> String {
    let s = span.as_secs();
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{} h {:02} min", s / 3_600, s % 3_600 / 60),
    }
}

/// Draws until it is dropped.
pub(crate) struct Watch {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watch {
    /// Starts to draw what `read` returns, which is given the time since the start.
    pub(crate) fn start(
        terminal: Terminal,
        is_quiet: bool,
        read: impl Fn(Duration) -> Reading + Send + 'static,
    ) -> Self {
        if is_quiet {
            return Self { stop: None, thread: None };
        }
        let (stop, stopped) = mpsc::channel();
        let draw = move || {
            let started = Instant::now();
            let mut drawing = Drawing::new(terminal.is_stderr);
            while stopped.recv_timeout(drawing.pause()) == Err(RecvTimeoutError::Timeout) {
                let elapsed = started.elapsed();
                drawing.draw(&read(elapsed), elapsed);
            }
            drawing.clear();
        };
        Self { stop: Some(stop), thread: Some(std::thread::spawn(draw)) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            say("the progress display failed; the work was not touched");
        }
    }
}

enum Drawing {
    Waiting,
    Bar(ProgressBar),
    Lines,
}

impl Drawing {
    fn new(is_terminal: bool) -> Self {
        if is_terminal { Self::Waiting } else { Self::Lines }
    }

    fn pause(&self) -> Duration {
        match self {
            Self::Waiting => BAR_AFTER,
            Self::Bar(_) => BAR_EVERY,
            Self::Lines => LINE_EVERY,
        }
    }

    fn draw(&mut self, reading: &Reading, elapsed: Duration) {
        if let Self::Waiting = self {
            *self = Self::Bar(bar());
        }
        match self {
            Self::Bar(bar) => draw_bar(bar, reading, elapsed),
            Self::Lines | Self::Waiting => say(line(reading, elapsed)),
        }
    }

    fn clear(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    ProgressBar::with_draw_target(Some(BAR_STEPS), ProgressDrawTarget::stderr())
}

/// Returns a bar, or a wheel while the whole is unknown.
fn style(is_known: bool) -> ProgressStyle {
    let template = if is_known {
        "{prefix:11} {bar:30.cyan/dim} {msg}"
    } else {
        "{prefix:11} {spinner:.cyan} {msg}"
    };
    let style = ProgressStyle::with_template(template);
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━╸─")
}

fn draw_bar(bar: &ProgressBar, reading: &Reading, elapsed: Duration) {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a bar of 10,000 steps"
    )]
    let position = (reading.fraction.unwrap_or(0.0).clamp(0.0, 1.0) * BAR_STEPS as f64) as u64;
    bar.set_style(style(reading.fraction.is_some()));
    bar.set_position(position);
    bar.set_prefix(reading.phase);
    let mut message = reading.share(elapsed);
    for line in &reading.lines {
        message.push_str("\n  ");
        message.push_str(line);
    }
    bar.set_message(message);
    bar.tick();
}

/// Returns one line for where there is no terminal.
fn line(reading: &Reading, elapsed: Duration) -> String {
    let mut parts = reading.lines.clone();
    parts.push(reading.share(elapsed));
    format!("{}: {}", reading.phase, parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fraction: Option<f64>, elapsed_s: u64) -> String {
        let lines = vec!["120 of 4,032 objects".to_owned(), "812,334 records".to_owned()];
        line(&Reading { phase: "collecting", fraction, lines }, Duration::from_secs(elapsed_s))
    }

    #[test]
    fn a_line_says_what_the_bar_says() {
        assert_eq!(check(None, 5), "collecting: 120 of 4,032 objects, 812,334 records, 5 s");
        assert_eq!(
            check(Some(0.25), 60),
            "collecting: 120 of 4,032 objects, 812,334 records, 25 %, 3 min 00 s left"
        );
        assert_eq!(
            check(Some(1.0), 60),
            "collecting: 120 of 4,032 objects, 812,334 records, 100 %"
        );
    }
}
