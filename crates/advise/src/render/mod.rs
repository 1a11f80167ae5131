//! A [`Report`](crate::Report) in other forms: each a function of it, in a file of its own.

pub mod json;

pub mod cloud_formation;
mod document;
pub mod html;
pub mod markdown;
mod permission;
pub mod sarif;
pub mod script;
pub mod terraform;
pub mod words;

#[cfg(test)]
mod tests;
