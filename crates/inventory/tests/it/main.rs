//! Files in, facts out.

#[cfg(test)]
mod golden;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod support;
