//! The prompt: history, completion, statements over several lines.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use clap::ValueEnum as _;
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Behavior, CompletionType, Context, Editor, Helper};
use tidegate_query::{Engine, split_statements};
use tokio::runtime::Runtime;

use super::show::{Target, show};
use crate::config::Config;
use crate::exit::Exit;
use crate::failure;
use crate::interrupt::unless_interrupted;
use crate::output::say::{self, say, styled};
use crate::output::{Format, Terminal};

/// Statements that are remembered.
const HISTORY_MAX: usize = 10_000;

const PROMPT: &str = "tidegate> ";

const HELP: &str = r"A statement ends with `;` and may have several lines. Tab completes, Ctrl-C stops a query.

  \d              list the tables
  \d NAME         list the columns of a table
  \output FORMAT  table, json, ndjson, csv or markdown
  \timing         say how long each statement took, or do not
  \?              this
  \q              leave (Ctrl-D too)";

/// What the prompt works with.
struct Prompt {
    runtime: Runtime,
    engine: Arc<Engine>,
    target: Target,
}

/// Whether the prompt goes on.
#[derive(PartialEq, Eq)]
enum Next {
    Ask,
    Leave,
}

pub(super) fn run(config: &Config) -> anyhow::Result<Exit> {
    let settings = &config.settings;
    let runtime = crate::runtime(settings.threads).context("cannot start threads")?;
    let engine = runtime.block_on(super::engine(settings, None))?;
    let terminal = Terminal::of_process();
    let target = Target {
        format: terminal.format(settings.output),
        look: terminal.look(settings.sql_rows_max),
        rows_max: settings.sql_rows_max,
        out: None,
        is_quiet: settings.quiet,
        is_timed: !settings.quiet,
    };
    let mut prompt = Prompt { runtime, engine, target };
    let mut editor = editor(&prompt.engine)?;
    let history = config.folders.history_file();
    load_history(&mut editor, &history)?;
    if !settings.quiet {
        say(format_args!(
            "lake {}; end a statement with `;`, {} for help",
            styled(say::STRONG, &settings.lake),
            styled(say::STRONG, "\\?"),
        ));
    }
    let exit = prompt.ask(&mut editor);
    editor.save_history(&history).with_context(|| attempt(&history))?;
    // A query that was stopped may still be on its way out.
    prompt.runtime.shutdown_background();
    exit
}

fn attempt(history: &Path) -> String {
    format!("cannot keep the history in `{}`", history.display())
}

fn editor(engine: &Arc<Engine>) -> anyhow::Result<Editor<Assistant, FileHistory>> {
    let config = rustyline::Config::builder()
        .completion_type(CompletionType::List)
        .behavior(Behavior::Stdio)
        .max_history_size(HISTORY_MAX)?
        .history_ignore_space(true)
        .auto_add_history(false)
        .build();
    let mut editor = Editor::with_config(config)?;
    editor.set_helper(Some(Assistant { engine: Arc::clone(engine) }));
    Ok(editor)
}

fn load_history(editor: &mut Editor<Assistant, FileHistory>, path: &Path) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| attempt(path))?;
    }
    if path.exists() {
        editor.load_history(path).with_context(|| attempt(path))?;
    }
    Ok(())
}

impl Prompt {
    fn ask(&mut self, editor: &mut Editor<Assistant, FileHistory>) -> anyhow::Result<Exit> {
        loop {
            let line = match editor.readline(PROMPT) {
                Ok(line) => line,
                Err(ReadlineError::Interrupted) => continue,
                Err(ReadlineError::Eof) => return Ok(Exit::Done),
                Err(error) => return Err(error).context("cannot read what is typed"),
            };
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            editor.add_history_entry(line)?;
            if self.answer(line) == Next::Leave {
                return Ok(Exit::Done);
            }
        }
    }

    fn answer(&mut self, line: &str) -> Next {
        match line.strip_prefix('\\') {
            Some(command) => self.obey(command),
            None if matches!(line.trim_end_matches(';'), "exit" | "quit") => Next::Leave,
            None => {
                for statement in split_statements(line) {
                    self.show(&statement);
                }
                Next::Ask
            }
        }
    }

    fn obey(&mut self, command: &str) -> Next {
        let command = command.trim_end_matches(';');
        let (name, argument) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        match (name, argument.trim()) {
            ("q", _) => return Next::Leave,
            ("d", "") => self.show(
                "SELECT table_name, table_type FROM information_schema.tables \
                 WHERE table_schema <> 'information_schema' ORDER BY 1",
            ),
            ("d", table) => self.show(&format!("DESCRIBE {table}")),
            ("timing", _) => {
                self.target.is_timed = !self.target.is_timed;
                say(if self.target.is_timed { "timing is on" } else { "timing is off" });
            }
            ("output", format) => match Format::from_str(format, true) {
                Ok(Format::Parquet) => say("Parquet is not for a terminal"),
                Ok(format) => self.target.format = format,
                Err(_) => say("`\\output` takes table, json, ndjson, csv or markdown"),
            },
            _ => say(HELP),
        }
        Next::Ask
    }

    /// Runs a statement; Ctrl-C stops it and leaves the prompt as it is.
    fn show(&self, statement: &str) {
        let work = show(&self.engine, statement, &self.target);
        let failed = match self.runtime.block_on(unless_interrupted(work)) {
            Ok(Some(Ok(()))) => return,
            Ok(None) => return say("stopped"),
            Ok(Some(Err(error))) => error,
            Err(error) => error.into(),
        };
        // The prompt outlives the error: how the program would end is of no interest.
        failure::print(&failed);
    }
}

/// Completes names and knows when a statement is whole.
struct Assistant {
    engine: Arc<Engine>,
}

impl Helper for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _is_default: bool,
    ) -> Cow<'b, str> {
        if anstream::AutoStream::choice(&std::io::stdout()) == anstream::ColorChoice::Never {
            return Cow::Borrowed(prompt);
        }
        Cow::Owned(styled(say::HINT, prompt))
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(self.engine.complete(line, position))
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let is_whole = is_whole(context.input());
        Ok(if is_whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

/// Returns whether `text` is to be run: a command, nothing, or statements that end with `;`.
fn is_whole(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() || text.starts_with('\\') || matches!(text, "exit" | "quit") {
        return true;
    }
    // A word behind the text is a statement of its own only if a `;` outside quotes and comments
    // ends the text.
    let probe = format!("{text}\nprobe");
    split_statements(&probe).len() > split_statements(text).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_whole_when_its_semicolon_is_no_part_of_a_text() {
        for text in ["", "\\d", "quit", "select 1;", "select\n1 ;  ", "select 1; -- done"] {
            assert!(is_whole(text), "{text}");
        }
        for text in
            ["select 1", "select ';", "select 1 -- ;", "select /* ; */ 1", "select 1; select"]
        {
            assert!(!is_whole(text), "{text}");
        }
    }
}
