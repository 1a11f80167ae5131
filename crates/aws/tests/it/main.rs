//! Calls of AWS: against a server that says what it is told to say, and against moto.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod listings;
#[cfg(test)]
mod moto;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod stub;
