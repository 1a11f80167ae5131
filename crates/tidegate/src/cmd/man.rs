//! `tidegate man`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::CommandFactory as _;
use clap_mangen::Man;

use crate::cli::Cli;
use crate::exit::Exit;

const EXAMPLES: &str = "\
Examples:
  tidegate man | man -l -
  tidegate man --out ~/.local/share/man/man1";

/// Arguments of `tidegate man`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Write a page for every subcommand into this folder
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let command = Cli::command();
    let Some(folder) = &args.out else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        super::print(&String::from_utf8_lossy(&page))?;
        return Ok(Exit::Done);
    };
    let attempt = || format!("cannot write the manual pages into `{}`", folder.display());
    std::fs::create_dir_all(folder).with_context(attempt)?;
    clap_mangen::generate_to(command, folder).with_context(attempt)?;
    Ok(Exit::Done)
}
