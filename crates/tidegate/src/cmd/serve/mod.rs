//! `tidegate serve`: the console and its API, and collecting beside it.
//!
//! Reading order: here (what can be typed), [`tokens`], [mod@run] (everything is put together),
//! [`collecting`] (sources), [`backend`] (what the server asks of us).

mod backend;
mod collecting;
pub(super) mod run;
mod tokens;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use tidegate_serve::{api, auth};

use crate::config::{Config, Environment};
use crate::exit::Exit;
use crate::time::Moment;

const EXAMPLES: &str = "\
Examples:
  tidegate serve
  tidegate serve s3://acme-flow-logs/AWSLogs/ --open
  tidegate serve ./logs --listen 127.0.0.1:0
  tidegate serve token new > token
  tidegate serve --listen 0.0.0.0:8765 --token-file token --tls-cert cert.pem --tls-key key.pem
  tidegate serve openapi > openapi.json

Without sources it shows what is in the lake. With sources it keeps reading them as well; Ctrl-C ends
both after the commit in hand.

On the loopback nobody needs a token. Elsewhere one is needed: from a file, or from
TIDEGATE_SERVE_TOKEN (who may ask) and TIDEGATE_SERVE_ADMIN_TOKEN (who may also save views and
notes). `-v` writes the audit log to stderr: who asked what, and how long it took.";

/// Arguments of `tidegate serve`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    /// Sources to keep reading: folders, or `s3://bucket/prefix`
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,

    /// Address to listen on; port 0 takes a free one
    #[arg(id = "serve.listen", long = "listen", value_name = "ADDRESS")]
    listen: Option<SocketAddr>,

    /// Take this for now: 2026-03-02T12:00Z, yesterday
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    now: Option<Moment>,

    /// Open the console in the browser
    #[arg(long)]
    open: bool,

    /// File with the token of those who may ask
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// File with the token of those who may also write
    #[arg(long, value_name = "FILE")]
    admin_token_file: Option<PathBuf>,

    /// Certificate for HTTPS, and those that it rests on, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,

    /// Its private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Tokens for those who ask from elsewhere
    Token {
        #[command(subcommand)]
        action: TokenAction,
    },
    /// Print the description of the API
    Openapi,
}

#[derive(Debug, Subcommand)]
enum TokenAction {
    /// Print a random token
    New,
}

pub(super) fn run(args: &Args, config: &Config, environment: &Environment) -> anyhow::Result<Exit> {
    match &args.action {
        Some(Action::Token { action: TokenAction::New }) => {
            super::print(&format!("{}\n", auth::new_token()))?;
            Ok(Exit::Done)
        }
        Some(Action::Openapi) => {
            super::print(&api::openapi_text()?)?;
            Ok(Exit::Done)
        }
        None => run::run(args, config, environment),
    }
}
