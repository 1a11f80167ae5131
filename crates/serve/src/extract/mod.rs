//! How a request becomes values: strict parameters, strict bodies.

mod body;
mod params;
mod path;

pub use body::Posted;
pub use params::Params;
pub use path::Named;
