//! The lake when writers meet, when answers get lost, and when chores run beside.

#[cfg(test)]
mod arrivals;
#[cfg(test)]
mod chores;
#[cfg(test)]
mod commits;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
