//! Questions to small worlds: a lake in a temporary folder, raw logs beside it.

#[cfg(test)]
mod athena;
#[cfg(test)]
mod depth;
#[cfg(test)]
mod enriched;
#[cfg(test)]
mod explore;
#[cfg(test)]
mod filter;
#[cfg(test)]
mod flows;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod mistakes;
#[cfg(test)]
mod prompt;
#[cfg(test)]
mod raw;
#[cfg(test)]
mod real;
#[cfg(test)]
mod summaries;
#[cfg(test)]
mod world;
