//! `GET /spikes`: what is unusual on the time line.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tidegate_query::explore::spike::Spike as Found;
use tidegate_query::explore::{self, Metric, Question as Asked};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::Answered;
use crate::app::App;
use crate::asked;
use crate::extract::Params;
use crate::figures::grouped;
use crate::problem::{Body, Code, Problem};
use crate::question::Question;
use crate::window::Window;
use crate::wire::Cost;

/// What is asked.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct SpikesAsk {
    /// Filter.
    pub q: Option<String>,
    /// Begin of the window. A day back if not given.
    pub from: Option<String>,
    /// End of the window. Now if not given.
    pub until: Option<String>,
    /// `REJECT` (if none is named), `ACCEPT` or `any`.
    pub action: Option<String>,
    /// Reads more than is read without asking.
    pub confirm: Option<bool>,
}

/// What is unusual.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SpikesAnswer {
    /// The window as it was understood.
    pub window: Window,
    /// The spikes, the earliest first.
    pub spikes: Vec<Spike>,
    /// What it cost.
    pub cost: Cost,
}

/// An unusual span of time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Spike {
    /// When.
    pub window: Window,
    /// Records in it.
    pub value: i64,
    /// Records that the same hours usually have.
    pub usual: i64,
    /// Why it is unusual, in a sentence.
    pub why: String,
    /// The filter of its records.
    pub q: String,
}

/// Hours with far more records than the same hours usually have
#[utoipa::path(get, path = "/spikes", tag = "questions", params(SpikesAsk),
    responses((status = 200, body = SpikesAnswer), (status = "default", body = Body)))]
pub async fn spikes(
    State(app): State<Arc<App>>,
    Params(ask): Params<SpikesAsk>,
    question: Question,
) -> Answered<SpikesAnswer> {
    let begun = Instant::now();
    let window = app.window(ask.from.as_deref(), ask.until.as_deref())?;
    let (what, action) = match ask.action.as_deref() {
        None | Some("REJECT") => ("rejected records", Some("action = REJECT")),
        Some("ACCEPT") => ("accepted records", Some("action = ACCEPT")),
        Some("any") => ("records", None),
        Some(_) => {
            let message = "`action` is none of `REJECT`, `ACCEPT` and `any`";
            return Err(Problem::new(Code::Usage, message));
        }
    };
    let filter = asked::filter(ask.q.as_deref())?.and(asked::filter(action)?);
    let q = filter.to_string();
    question.note(&q, window);
    let asked = Asked {
        filter,
        window: asked::explored(window),
        by: Vec::new(),
        metric: Metric::Flows,
        limit: 1,
        buckets: None,
        compared: None,
    };
    let run = asked::run(&app, &question, ask.confirm);
    let work = async { Ok::<_, Problem>(app.explorer.spikes(&asked, &run).await?) };
    let (found, source) = question.run(work).await?;
    let spikes: Vec<Spike> = found.iter().filter_map(|it| spike(it, what, &q)).collect();
    Ok(Json(SpikesAnswer { window, spikes, cost: asked::cost(&app, &run, source, begun) }))
}

fn spike(found: &Found, what: &str, q: &str) -> Option<Spike> {
    let Found { window: explore::Window { from_us, until_us }, value, usual } = *found;
    let moment = chrono::DateTime::from_timestamp_micros;
    let window = Window { from: moment(from_us)?, until: moment(until_us)? };
    let (much, little) = (grouped(value), grouped(usual));
    let why = format!("{much} {what}; these hours usually have {little}");
    Some(Spike { window, value, usual, why, q: q.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_says_why_it_is_one() {
        let window = explore::Window { from_us: 0, until_us: 3_600_000_000 };
        let spike = spike(&Found { window, value: 1_434, usual: 12 }, "rejected records", "");
        let why = "1,434 rejected records; these hours usually have 12";
        assert_eq!(spike.unwrap().why, why);
    }
}
