//! Advice on security groups: the report, and what it can be written as.
//!
//! Reading order: here (the routes), [`report`] (the wire), `filter` (what a rule admitted).

mod filter;
pub mod report;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tidegate_advise::Report;
use tidegate_advise::render::{cloud_formation, markdown, script, terraform};
use tidegate_advise::steps::{Steps, wire};
use utoipa::{IntoParams, ToSchema};

use crate::advice::{AdviceState, Made, Order, order};
use crate::app::App;
use crate::backend::AdviceAsk;
use crate::extract::Params;
use crate::limit::NAME_CHARS_MAX;
use crate::problem::{Body, Code, Problem};
use report::AdviceReport;

/// Days to look back if nobody says.
const DAYS_DEFAULT: u32 = 30;

/// The most days to look back.
const DAYS_MAX: u32 = 366;

/// Which advice is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Ask {
    /// Days to look back from the newest record; 30 if it is not given.
    days: Option<u32>,
    /// Only this group, by identifier or name.
    group: Option<String>,
}

/// In which form advice is asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EmitAsk {
    /// The form.
    #[param(inline)]
    form: Form,
    /// Days to look back from the newest record; 30 if it is not given.
    days: Option<u32>,
    /// Only this group, by identifier or name.
    group: Option<String>,
}

/// What advice can be written as.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A script for the AWS command line.
    Cli,
    /// The script that takes the other one back.
    Rollback,
    /// Terraform.
    Terraform,
    /// A template of `CloudFormation`.
    CloudFormation,
    /// A report.
    Markdown,
    /// The plan that `tidegate advise apply` takes.
    Plan,
}

/// Advice, or how far it is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AdviceAnswer {
    /// How it stands.
    pub state: AdviceState,
    /// Why there is none.
    #[schema(required)]
    pub reason: Option<String>,
    /// How far it is, in words.
    #[schema(required)]
    pub progress: Option<String>,
    /// The report.
    #[schema(required)]
    pub report: Option<AdviceReport>,
}

/// Which rules of security groups are used, and what to make of the rest; 202 while it is made
#[utoipa::path(get, path = "/advice", tag = "advice", params(Ask),
    responses((status = 200, body = AdviceAnswer), (status = 202, body = AdviceAnswer),
        (status = "default", body = Body)))]
pub async fn advice(
    State(app): State<Arc<App>>,
    Params(ask): Params<Ask>,
) -> Result<Response, Problem> {
    let none =
        AdviceAnswer { state: AdviceState::Working, reason: None, progress: None, report: None };
    // Of all groups one report is made; what is asked of one is a part of it.
    let group = ask.group.clone();
    let answer = match order(&app, checked(ask.days, None)?).await? {
        Order::Working(elapsed_s) => {
            let progress = Some(format!("asking the lake, {elapsed_s} s so far"));
            let answer = AdviceAnswer { progress, ..none };
            return Ok((StatusCode::ACCEPTED, Json(answer)).into_response());
        }
        Order::Unavailable(problem) => {
            let body = problem.body();
            let reason = match &body.hint {
                Some(hint) => format!("{}: {hint}", body.message),
                None => body.message.clone(),
            };
            AdviceAnswer { state: AdviceState::Unavailable, reason: Some(reason), ..none }
        }
        Order::Ready(made) => {
            let report = AdviceReport::of(&made, group.as_deref());
            AdviceAnswer { state: AdviceState::Ready, report: Some(report), ..none }
        }
    };
    Ok(Json(answer).into_response())
}

/// Advice as a script, a template, a report or a plan; 202 while it is made
#[utoipa::path(get, path = "/advice/emit", tag = "advice",
    params(EmitAsk),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 202),
        (status = "default", body = Body)))]
pub async fn emit(
    State(app): State<Arc<App>>,
    Params(ask): Params<EmitAsk>,
) -> Result<Response, Problem> {
    match order(&app, checked(ask.days, ask.group)?).await? {
        Order::Working(_) => Ok(StatusCode::ACCEPTED.into_response()),
        Order::Unavailable(problem) => Err(problem),
        Order::Ready(Made { report, .. }) => {
            let kind = (header::CONTENT_TYPE, "text/plain; charset=utf-8");
            Ok(([kind], written(ask.form, &report)?).into_response())
        }
    }
}

fn checked(days: Option<u32>, group: Option<String>) -> Result<AdviceAsk, Problem> {
    let days = days.unwrap_or(DAYS_DEFAULT);
    if days == 0 || days > DAYS_MAX {
        let message = format!("`days` is from 1 to {DAYS_MAX}");
        return Err(Problem::new(Code::Usage, message));
    }
    super::documents::check_length("the group", group.as_deref().unwrap_or(""), NAME_CHARS_MAX)?;
    Ok(AdviceAsk { days, group })
}

fn written(form: Form, report: &Report) -> Result<String, Problem> {
    let steps = || Steps::of(report);
    Ok(match form {
        Form::Cli => script::script(&steps()),
        Form::Rollback => script::rollback(&steps()),
        Form::Terraform => terraform::open(&steps()),
        Form::Markdown => markdown::markdown(report),
        Form::Plan => wire::to_json(&steps()),
        Form::CloudFormation => cloud_formation::cloud_formation(&steps()).ok_or_else(|| {
            Problem::new(Code::NotFound, "the advice has no new rules for a template")
                .hint("old rules go by the script, or with the stack that they are of")
        })?,
    })
}
