//! The filter of a question, over the values and ways of a summary.
//!
//! What the filter says of the value alone is asked once for each value, what it says of the way once
//! for each way; only what mixes both is asked for pairs.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, RecordBatch, StringViewArray, UInt32Array,
    new_null_array,
};
use arrow::compute::{CastOptions, cast_with_options, concat, take};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::DataFusionError;
use datafusion::physical_expr::PhysicalExpr;
use tidegate_filter::Filter;
use tidegate_model::columns::NULL;
use tidegate_store::summary::{Part, Piece, Side};

use super::super::{Dimension, DimensionKind};
use super::WAYS;
use crate::error::from_engine;
use crate::{Engine, Result};

/// Conditions over the same columns.
#[derive(Debug, Default)]
struct Conditions {
    all: Vec<Arc<dyn PhysicalExpr>>,
}

/// The filter of a question, cut by what its parts are about.
#[derive(Debug)]
pub(super) struct Sieve {
    field: Option<Dimension>,
    of_values: Conditions,
    of_ways: Conditions,
    of_pairs: Conditions,
}

impl Sieve {
    /// Returns the filter over a dimension, if there is one, and the ways of records.
    pub(super) fn new(engine: &Engine, filter: &Filter, field: Option<Dimension>) -> Result<Self> {
        let mut sieve = Self {
            field,
            of_values: Conditions::default(),
            of_ways: Conditions::default(),
            of_pairs: Conditions::default(),
        };
        for part in filter.parts() {
            let columns = part.columns();
            let (ways, others): (Vec<&str>, Vec<&str>) =
                columns.into_iter().partition(|it| WAYS.contains(it));
            let (conditions, schema) = match (ways.is_empty(), others.is_empty()) {
                (_, true) => (&mut sieve.of_ways, schema(None)),
                (true, false) => (&mut sieve.of_values, schema_of_value(field)),
                (false, false) => (&mut sieve.of_pairs, schema(field)),
            };
            conditions.all.push(engine.predicate(&part.sql(), &schema)?);
        }
        Ok(sieve)
    }

    /// Returns which pairs of a piece pass, as the part of a field's sums that it is of.
    pub(super) fn passing(&self, piece: &Piece, part: Part) -> Result<Vec<bool>> {
        self.evaluated(piece, part).map_err(|it| from_engine(&it, usize::MAX))
    }

    fn evaluated(&self, piece: &Piece, part: Part) -> Result<Vec<bool>, DataFusionError> {
        let ways = ways(piece);
        let of_ways = self.of_ways.passing(&RecordBatch::try_new(schema(None), ways.to_vec())?)?;
        let of_ways: Vec<bool> = (0..piece.ways.len())
            .map(|way| of_ways[way] && is_of_side(piece.ways[way][2].as_deref(), part.side))
            .collect();
        let values = match self.field {
            Some(field) if !self.of_values.all.is_empty() || !self.of_pairs.all.is_empty() => {
                Some(values(&piece.values, field)?)
            }
            _ => None,
        };
        let of_values = match &values {
            Some(values) if !self.of_values.all.is_empty() => {
                let schema = schema_of_value(self.field);
                self.of_values.passing(&RecordBatch::try_new(schema, vec![Arc::clone(values)])?)?
            }
            _ => vec![true; piece.values.len() + 1],
        };
        let null = piece.values.len();
        let value = |id: u32| if id == NULL { null } else { id as usize };
        let mut passing: Vec<bool> = piece
            .pairs
            .iter()
            .map(|(id, way)| of_values[value(*id)] && of_ways[*way as usize])
            .collect();
        if let Some(values) = values.filter(|_| !self.of_pairs.all.is_empty()) {
            let ids = piece.pairs.iter().map(|it| u32::try_from(value(it.0)).unwrap_or(NULL));
            let ids: UInt32Array = ids.collect();
            let way_ids: UInt32Array = piece.pairs.iter().map(|it| it.1).collect();
            let mut columns = vec![take(&values, &ids, None)?];
            for way in &ways {
                columns.push(take(way, &way_ids, None)?);
            }
            let batch = RecordBatch::try_new(schema(self.field), columns)?;
            let of_pairs = self.of_pairs.passing(&batch)?;
            passing.iter_mut().zip(of_pairs).for_each(|(it, other)| *it &= other);
        }
        Ok(passing)
    }
}

impl Conditions {
    /// Returns which rows meet all conditions: NULL does not.
    fn passing(&self, batch: &RecordBatch) -> Result<Vec<bool>, DataFusionError> {
        let mut passing = vec![true; batch.num_rows()];
        for condition in &self.all {
            let array = condition.evaluate(batch)?.into_array(batch.num_rows())?;
            let array: &BooleanArray = array.as_boolean();
            for (it, value) in passing.iter_mut().zip(array) {
                *it &= value == Some(true);
            }
        }
        Ok(passing)
    }
}

fn is_of_side(initiator: Option<&str>, side: Side) -> bool {
    match side {
        Side::Any => true,
        Side::Source => initiator == Some("src"),
        Side::Destination => initiator == Some("dst"),
        Side::Unknown => !matches!(initiator, Some("src" | "dst")),
    }
}

fn value_type(field: Dimension) -> DataType {
    match field.kind {
        DimensionKind::Number => DataType::Int64,
        _ => DataType::Utf8View,
    }
}

fn schema_of_value(field: Option<Dimension>) -> Arc<Schema> {
    let field = field.map(|it| Field::new(it.name, value_type(it), true));
    Arc::new(Schema::new(field.into_iter().collect::<Vec<_>>()))
}

fn schema(field: Option<Dimension>) -> Arc<Schema> {
    let field = field.map(|it| Field::new(it.name, value_type(it), true));
    let ways = WAYS.iter().map(|it| Field::new(*it, DataType::Utf8View, true));
    Arc::new(Schema::new(field.into_iter().chain(ways).collect::<Vec<_>>()))
}

/// Returns the values as the field has them, and NULL behind them. Values of other dimensions, which
/// may be among them, are no numbers.
fn values(values: &StringViewArray, field: Dimension) -> Result<ArrayRef, DataFusionError> {
    let data_type = value_type(field);
    let options = CastOptions { safe: true, ..CastOptions::default() };
    let values = cast_with_options(values, &data_type, &options)?;
    Ok(concat(&[values.as_ref(), new_null_array(&data_type, 1).as_ref()])?)
}

/// Returns the columns of ways.
fn ways(piece: &Piece) -> [ArrayRef; 3] {
    [0, 1, 2].map(|at| -> ArrayRef {
        let column = piece.ways.iter().map(|it| it[at].as_deref());
        Arc::new(column.collect::<StringViewArray>())
    })
}
