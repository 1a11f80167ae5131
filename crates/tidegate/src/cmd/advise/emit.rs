//! The advice in forms that others read, and as steps that can be taken.

use clap::ValueEnum;
use tidegate_advise::Report;
use tidegate_advise::render::{cloud_formation, html, markdown, sarif, script, terraform};
use tidegate_advise::steps::{Steps, wire};

use crate::failure::Usage;

/// What advice can be written as.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Form {
    /// A report in markdown
    Markdown,
    /// A report as one page of HTML
    Html,
    /// Findings in SARIF 2.1.0
    Sarif,
    /// A script for the AWS command line: `open`, then `close`
    Cli,
    /// The script that takes the other one back
    Rollback,
    /// Terraform: new rules, and old ones taken into its state
    Terraform,
    /// Terraform, in place of that: the old rules go
    TerraformClose,
    /// A template of `CloudFormation` with the new rules
    #[value(name = "cloudformation")]
    CloudFormation,
    /// The plan that `tidegate advise apply` takes
    Plan,
}

/// Writes a report in a form.
pub(super) fn write(form: Form, report: &Report) -> anyhow::Result<()> {
    let steps = || Steps::of(report);
    let text = match form {
        Form::Markdown => markdown::markdown(report),
        Form::Html => html::html(report),
        Form::Sarif => sarif::sarif(report, env!("CARGO_PKG_VERSION")),
        Form::Cli => script::script(&steps()),
        Form::Rollback => script::rollback(&steps()),
        Form::Terraform => terraform::open(&steps()),
        Form::TerraformClose => terraform::close(&steps()),
        Form::CloudFormation => cloud_formation::cloud_formation(&steps()).ok_or_else(|| {
            let hint = "old rules go by `--emit cli`, or with the stack that they are of";
            Usage::new("the advice has no new rules, and a template cannot be empty", hint)
        })?,
        Form::Plan => wire::to_json(&steps()),
    };
    crate::cmd::print(&text)?;
    Ok(())
}
