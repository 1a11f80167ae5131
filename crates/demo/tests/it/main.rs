//! The world as its callers see it: objects, records, truth, network.

#[cfg(test)]
mod history;
#[cfg(test)]
mod network;
#[cfg(test)]
mod objects;
#[cfg(test)]
mod records;
#[cfg(test)]
mod support;
#[cfg(test)]
mod truth;
