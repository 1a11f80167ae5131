//! What arrived in the lake: one aggregate, by interface and flow log.

use anyhow::Context as _;
use arrow::array::{Array as _, ArrayRef, AsArray as _, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use tidegate_advise::flow_logs::Arrival;
use tidegate_store::{Lake, status};

use crate::cmd::sql;
use crate::config::Settings;
use crate::time::Span;

/// Interfaces and flow logs beyond these are not told apart: a lake that has more holds the logs of
/// a hundred large organizations.
const ROWS_MAX: u64 = 5_000_000;

/// A range of time.
#[derive(Clone, Copy, Debug)]
pub(in crate::cmd) struct Window {
    /// Its first moment.
    pub(in crate::cmd) from: DateTime<Utc>,
    /// The first moment after it.
    pub(in crate::cmd) until: DateTime<Utc>,
}

impl Window {
    /// Returns the span before `moment`.
    pub(in crate::cmd) fn before(moment: DateTime<Utc>, span: Span) -> Self {
        let span = TimeDelta::from_std(span.0).ok();
        let from = span.and_then(|it| moment.checked_sub_signed(it));
        Self { from: from.unwrap_or(DateTime::UNIX_EPOCH), until: moment }
    }

    /// Returns the columns that `WHERE` compares with the window.
    fn filter(&self) -> String {
        let literal =
            |it: DateTime<Utc>| format!("TIMESTAMP '{}'", it.format("%Y-%m-%dT%H:%M:%S%.6fZ"));
        format!("start >= {} AND start < {}", literal(self.from), literal(self.until))
    }
}

/// Returns what arrived in the window; `None` if the lake has no records at all.
pub(in crate::cmd) async fn read(
    lake: &Lake,
    settings: &Settings,
    window: &Window,
) -> anyhow::Result<Option<Vec<Arrival>>> {
    let status = status::read(lake).await?;
    if status.n_records + status.n_nodata + status.n_skipdata == 0 {
        return Ok(None);
    }
    let statement = format!(
        "SELECT interface_id, flow_log_id, \
         CAST(arrow_cast(max(\"end\"), 'Timestamp(Microsecond, None)') AS BIGINT) AS newest, \
         count(*) FILTER (WHERE log_status IS NULL OR log_status = 'OK') AS n_records, \
         count(*) FILTER (WHERE action = 'REJECT') AS n_rejected, \
         count(*) FILTER (WHERE log_status = 'NODATA') AS n_nodata, \
         count(*) FILTER (WHERE log_status = 'SKIPDATA') AS n_skipdata \
         FROM flows WHERE {} AND interface_id IS NOT NULL GROUP BY 1, 2",
        window.filter(),
    );
    let engine = sql::engine(settings, Some(ROWS_MAX)).await?;
    let mut answer = engine.run(&statement).await?;
    let mut arrivals = Vec::new();
    while let Some(batch) = answer.batches.next().await {
        arrivals.extend(rows(&batch?)?);
    }
    Ok(Some(arrivals))
}

fn rows(batch: &RecordBatch) -> anyhow::Result<Vec<Arrival>> {
    let column = |name: &str, data_type: &DataType| -> anyhow::Result<ArrayRef> {
        let column = batch.column_by_name(name).context("the aggregate lacks a column")?;
        Ok(cast(column, data_type)?)
    };
    let text = |name| column(name, &DataType::Utf8);
    let number = |name| column(name, &DataType::Int64);
    let (interfaces, logs) = (text("interface_id")?, text("flow_log_id")?);
    let newest = number("newest")?;
    let counts =
        [number("n_records")?, number("n_rejected")?, number("n_nodata")?, number("n_skipdata")?];
    let count = |index: usize, row: usize| {
        u64::try_from(counts[index].as_primitive::<Int64Type>().value(row)).unwrap_or(0)
    };
    let arrival = |row: usize| Arrival {
        interface_id: interfaces.as_string::<i32>().value(row).to_owned(),
        flow_log_id: logs.as_string::<i32>().value(row).to_owned(),
        newest_us: newest.as_primitive::<Int64Type>().value(row),
        n_records: count(0, row),
        n_rejected: count(1, row),
        n_nodata: count(2, row),
        n_skipdata: count(3, row),
    };
    // Without an end there is nothing that tells when it came.
    Ok((0..batch.num_rows()).filter(|row| newest.is_valid(*row)).map(arrival).collect())
}
