//! Errors of commands, as the server tells them.

use tidegate_serve::{Code, Problem};

use crate::failure::{self, Usage};

/// Returns the problem that an error is.
pub(super) fn problem(error: &anyhow::Error) -> Problem {
    let find = || error.chain().find_map(|it| it.downcast_ref::<tidegate_query::Error>());
    let code = match find() {
        _ if error.is::<Usage>() => Code::NotFound,
        Some(tidegate_query::Error::Memory { .. }) => Code::Memory,
        Some(tidegate_query::Error::Timeout { .. }) => Code::TooSlow,
        Some(tidegate_query::Error::Lake(_) | tidegate_query::Error::Storage { .. }) => Code::Lake,
        _ if error.chain().any(<dyn std::error::Error>::is::<tidegate_store::Error>) => Code::Lake,
        _ => Code::Internal,
    };
    let mut problem = Problem::new(code, error.to_string());
    if let Some(cause) = error.chain().nth(1) {
        problem = problem.because(cause);
    }
    match failure::hint(error) {
        Some(hint) => problem.hint(hint),
        None => problem,
    }
}
