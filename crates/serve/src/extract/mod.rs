//! How a request becomes values: strict parameters, strict bodies.

mod body;
mod params;

pub use body::Posted;
pub use params::Params;
