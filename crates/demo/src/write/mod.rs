//! From connections to objects: records as text, objects as gzip or Parquet, and their names.

pub(crate) mod key;
pub(crate) mod pages;
pub(crate) mod parquet;
pub(crate) mod record;
pub(crate) mod text;
