//! `tidegate schema`.

use clap::ValueEnum;
use tidegate_model::field::{FIELDS, Field, Kind, Origin};
use tidegate_model::schema::{DATE, EXTRA};

use crate::config::Config;
use crate::exit::Exit;
use crate::output::record::write_rows;
use crate::output::terminal;

const EXAMPLES: &str = "\
Examples:
  tidegate schema
  tidegate schema functions
  tidegate schema --output markdown > columns.md";

/// Arguments of `tidegate schema`.
#[derive(clap::Args, Debug)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// What to list
    #[arg(value_enum, default_value = "flows")]
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    /// The columns of the table `flows`
    Flows,
    /// The functions that are added to SQL
    Functions,
}

pub(super) fn run(args: &Args, config: &Config) -> anyhow::Result<Exit> {
    let (format, look) = super::form(config);
    let (names, rows): (&[&str], Vec<Vec<Option<String>>>) = match args.what {
        What::Flows => (&["column", "type", "unit", "since", "doc"], columns()),
        What::Functions => (&["function", "doc", "example"], functions()),
    };
    write_rows(format, terminal::stdout(), look, names, &rows)?;
    Ok(Exit::Done)
}

fn columns() -> Vec<Vec<Option<String>>> {
    let own = |name: &str, kind: &str, doc: &str| {
        let texts = [name, kind, "", "", doc];
        texts.iter().map(|it| filled(it)).collect()
    };
    let mut rows: Vec<_> = FIELDS.iter().map(column).collect();
    rows.push(own(EXTRA, "map(text, text)", "Fields that nobody knows yet, by name."));
    rows.push(own(DATE, "date", "The UTC date of `end`; the table is partitioned by it."));
    rows
}

fn column(field: &Field) -> Vec<Option<String>> {
    let kind = match field.kind {
        Kind::Text | Kind::Tag | Kind::Address => "text",
        Kind::Int32 => "int",
        Kind::Int64 => "bigint",
        Kind::Time => "timestamp",
    };
    let since = match field.origin {
        Origin::Vpc | Origin::Both => format!("v{}", field.since),
        Origin::TransitGateway => format!("v{} tgw", field.since),
    };
    [field.column, kind, field.unit, &since, field.doc].iter().map(|it| filled(it)).collect()
}

fn functions() -> Vec<Vec<Option<String>>> {
    let docs = tidegate_query::function_docs();
    let row = |it: &tidegate_query::FunctionDoc| {
        [it.signature, it.doc, it.example].iter().map(|it| filled(it)).collect()
    };
    docs.iter().map(row).collect()
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
