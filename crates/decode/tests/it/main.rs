//! The decoder from outside: bytes in, what comes out rendered as text.

#[cfg(test)]
mod support;

#[cfg(test)]
mod containers;
#[cfg(test)]
mod envelopes;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod parquet;
#[cfg(test)]
mod published;
#[cfg(test)]
mod text;
#[cfg(test)]
mod wild;
