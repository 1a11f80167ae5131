//! Sockets, headers and assets: everything of HTTP that is no route.
//!
//! Reading order: [`server`], `connection`, `stack` (the layers around the routes), `track`,
//! `headers`, `assets`.

mod assets;
mod connection;
mod headers;
pub mod server;
pub mod stack;
mod track;
