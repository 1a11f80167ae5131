//! Advice on small networks, and on synthetic worlds of whose every rule the truth is known.

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod aggregate;
#[cfg(test)]
mod asked;
#[cfg(test)]
mod held_out;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod replays;
#[cfg(test)]
mod small;
#[cfg(test)]
mod verdicts;
#[cfg(test)]
mod watched;
#[cfg(test)]
mod world;
