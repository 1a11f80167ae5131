//! The program as people run it: exit code, stdout and stderr of each command.
//!
//! Every test has a home and a folder of its own; nothing is read from the environment.

#[cfg(test)]
mod advise;
#[cfg(test)]
mod apply;
#[cfg(test)]
mod collect;
#[cfg(test)]
mod config;
#[cfg(test)]
mod exactly_once;
#[cfg(test)]
mod flow_logs;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod help;
#[cfg(test)]
mod inventory;
#[cfg(test)]
mod lake;
#[cfg(test)]
mod run;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod sql;
#[cfg(test)]
mod support;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod world;
