//! Questions to small worlds: a lake in a temporary folder, raw logs beside it.

mod athena;
mod flows;
mod limits;
mod prompt;
mod raw;
mod real;
mod world;
