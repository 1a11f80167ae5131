//! Enrichment from outside: logs in, columns of context out.

#[cfg(test)]
mod support;

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod fills;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod initiators;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod views;
#[cfg(test)]
mod world;
