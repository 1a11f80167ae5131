//! When records of a thing were seen first and last.

use chrono::{DateTime, Utc};
use tidegate_filter::Filter;
use tidegate_query::explore::records::{Order, PageQuestion};
use tidegate_query::explore::{Run, Window};

use crate::app::App;
use crate::problem::Problem;

/// When records were seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) first: Option<DateTime<Utc>>,
    pub(super) last: Option<DateTime<Utc>>,
}

/// Returns when the first and the last record in the window were.
pub(super) async fn seen(
    app: &App,
    filter: &Filter,
    window: Window,
    run: &Run,
) -> Result<Seen, Problem> {
    let last = at(app, (filter, window), Order::Newest, run).await?;
    let Some(last) = last else { return Ok(Seen::default()) };
    let first = at(app, (filter, window), Order::Oldest, run).await?;
    Ok(Seen { first, last: Some(last) })
}

async fn at(
    app: &App,
    (filter, window): (&Filter, Window),
    order: Order,
    run: &Run,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let question = PageQuestion {
        filter: filter.clone(),
        window,
        order,
        columns: vec!["\"end\"".to_owned()],
        after: None,
        limit: 1,
    };
    let page = app.explorer.page(&question, run).await?;
    Ok(page.first_at_us.and_then(DateTime::from_timestamp_micros))
}
