//! Raw logs, read where they lie and stored nowhere.
//!
//! Two doors lead here: the table function `flow_logs(...)`, and tables made by the `CREATE EXTERNAL
//! TABLE` of Athena how-tos ([`ddl`]). Both are a [`Table`]: a location that is listed when it is
//! scanned ([`list`]), and objects that are read side by side ([`scan`]) in one of two forms, by
//! field name ([`named`]) or by position ([`text`]).

pub(crate) mod ddl;
mod glob;
mod input;
mod list;
mod named;
mod partition;
mod scan;
mod table;
mod text;

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::Expr;
use tidegate_decode::{LogFormat, Options};
use tidegate_model::schema;
use tidegate_store::Opener;

use crate::{Error, Result};
use partition::Partitions;
use scan::Form;
use table::Table;

/// Opens locations.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    opener: Arc<dyn Opener>,
}

impl Source {
    pub(crate) fn new(opener: Arc<dyn Opener>) -> Self {
        Self { opener }
    }
}

/// The table function `flow_logs(location [, log_format])`.
#[derive(Debug)]
pub(crate) struct FlowLogs {
    source: Source,
}

impl FlowLogs {
    pub(crate) fn new(source: Source) -> Self {
        Self { source }
    }
}

impl TableFunctionImpl for FlowLogs {
    fn call_with_args(
        &self,
        args: TableFunctionArgs<'_, '_>,
    ) -> EngineResult<Arc<dyn TableProvider>> {
        let (location, log_format) = match args.exprs() {
            [location] => (text_of(location)?, None),
            [location, log_format] => (text_of(location)?, Some(parse_format(log_format)?)),
            _ => {
                return Err(
                    usage("flow_logs takes a location and, if need be, a log format").into()
                );
            }
        };
        let options = Options { log_format, ..Options::default() };
        Ok(Arc::new(Table {
            source: self.source.clone(),
            location,
            columns: flows_schema(),
            partitions: Partitions::default(),
            form: Form::Named(options),
        }))
    }
}

fn text_of(argument: &Expr) -> Result<String> {
    let literal = argument.as_literal().and_then(|it| it.try_as_str().flatten());
    literal.map(str::to_owned).ok_or_else(|| usage("flow_logs takes constant texts"))
}

fn parse_format(argument: &Expr) -> Result<LogFormat> {
    let text = text_of(argument)?;
    LogFormat::parse(&text)
        .map_err(|it| Error::sql(format!("cannot read the log format `{text}`: {it}"), None))
}

fn usage(message: &str) -> Error {
    let hint =
        "as in `flow_logs('logs/**/*.log.gz')` or `flow_logs('x.log', '${version} ${srcaddr}')`";
    Error::sql(message, Some(hint.to_owned()))
}

/// Returns the columns of `flows`, text as views.
fn flows_schema() -> SchemaRef {
    let table = schema::table_schema();
    let columns = table.fields().iter().map(|it| {
        let data_type = match it.data_type() {
            DataType::Utf8 => DataType::Utf8View,
            other => other.clone(),
        };
        Field::new(it.name(), data_type, true)
    });
    Arc::new(Schema::new(columns.collect::<Vec<_>>()))
}

/// Returns the table that a `CREATE EXTERNAL TABLE` makes.
pub(crate) fn hive_table(
    source: Source,
    create: &ddl::Create,
) -> Result<impl TableProvider + use<>> {
    let form = match create.storage {
        ddl::Storage::Text { delimiter, n_header_lines } => {
            Form::Text(text::Layout { delimiter, n_header_lines })
        }
        ddl::Storage::Parquet => Form::Named(Options::default()),
    };
    // Fail now, not at the first query, if the location can never be read.
    list::Location::parse(&create.location)?;
    Ok(Table {
        source,
        location: create.location.clone(),
        columns: Arc::new(Schema::new(create.columns.clone())),
        partitions: create.partitions.clone(),
        form,
    })
}
