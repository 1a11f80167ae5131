//! The collector against real folders and real lakes.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod context;
#[cfg(test)]
mod exactly_once;
#[cfg(test)]
mod faulty;
#[cfg(test)]
mod follow;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod support;
