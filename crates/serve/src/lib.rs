//! The HTTP API and the console.
//!
//! Questions come in as URLs, go to one shared [`tidegate_query::Engine`], and their answers go out
//! as JSON. What the answers are made of beside the lake (sources, advice, coverage, the inventory)
//! is behind one trait, [`Backend`], which the binary implements.
//!
//! Reading order: [`app`] (what everything shares), [`api`] (the routes: one file each),
//! [`extract`] (how a request becomes values), [`problem`] (how it fails), [`window`] (time),
//! [`auth`] (who may what), [`question`] (a running query, with `turn`), [`http`] (sockets, headers,
//! assets), [`limit`].
//!
//! This crate reads no environment, writes only views and notes into the lake, and is the only one
//! of ours that names axum.

pub mod advice;
pub mod api;
pub mod app;
mod asked;
mod audit;
pub mod auth;
pub mod backend;
mod cells;
mod columns;
mod export;
pub mod extract;
mod figures;
pub mod http;
pub mod lake;
pub mod limit;
pub mod metrics;
pub mod options;
pub mod problem;
pub mod question;
mod rows;
mod turn;
pub mod window;
pub mod wire;

pub use app::{App, Clocks, Parts};
pub use auth::{Access, Role, Token};
pub use backend::Backend;
pub use http::server::{self, Server};
pub use options::{Limits, Options};
pub use problem::{Code, Problem};
pub use window::Window;

/// What handlers return: an answer as JSON, or why there is none.
pub type Answered<T> = std::result::Result<axum::Json<T>, Problem>;
