//! Addresses to countries, systems and services, from databases that are made here.
//!
//! `support` has a writer of small MMDB databases; `real` looks at databases that `scripts/geo` has
//! set up, where they are.

#[cfg(test)]
mod support;

#[cfg(test)]
mod apply;
#[cfg(test)]
mod asn;
#[cfg(test)]
mod mmdb;
#[cfg(test)]
mod real;
