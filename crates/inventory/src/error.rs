//! Why a stored table could not be taken for an inventory.

/// Why a stored table could not be taken for an inventory.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A column is not of the type that it should be.
    #[error("column `{column}` of the table `{table}` is `{found}`, not `{expected}`")]
    Column {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// Its type.
        found: String,
        /// The type that it should be.
        expected: String,
    },
    /// A value cannot be understood.
    #[error("column `{column}` of the table `{table}` has a value that cannot be: `{value}`")]
    Value {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
    },
    /// Columns could not be put together.
    #[error("cannot put the columns of an inventory together")]
    Arrow(#[from] arrow::error::ArrowError),
}
