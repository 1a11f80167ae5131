//! Many questions of one dimension each, at once.

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::question::Question;
use super::ranking::Ranking;
use super::{Dimension, Explorer, Key, Run, Source};
use crate::{Error, Result};

/// Dimensions that are asked for at the same time: the statements themselves use all threads.
const AT_ONCE: usize = 2;

/// The values of one dimension that come to most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet {
    /// The dimension.
    pub dimension: Dimension,
    /// Its largest values.
    pub top: Vec<(Key, i64)>,
    /// How many values there are.
    pub n_values: u64,
    /// What all of them come to.
    pub total: i64,
}

/// The facets of a question, and where they came from.
pub type Facets = (Vec<Facet>, Source);

impl Explorer {
    /// Returns the values that come to most, for each dimension on its own. What `question` groups
    /// by, its buckets and what it compares with are not used.
    ///
    /// # Errors
    ///
    /// As of any statement.
    pub async fn facets(
        &self,
        question: &Question,
        dimensions: &[Dimension],
        run: &Run,
    ) -> Result<Facets> {
        let facets = dimensions.iter().map(|dimension| async move {
            let by = std::slice::from_ref(dimension);
            let (ranking, source) = self.rank(question, by, run).await?;
            Ok::<_, Error>((facet(*dimension, ranking), source))
        });
        let facets = stream::iter(facets.collect::<Vec<_>>()).buffered(AT_ONCE);
        let facets: Vec<(Facet, Source)> = facets.try_collect().await?;
        let source = facets.iter().fold(Source::None, |all, it| all.and(it.1));
        Ok((facets.into_iter().map(|it| it.0).collect(), source))
    }
}

fn facet(dimension: Dimension, ranking: Ranking) -> Facet {
    let top = ranking.top.into_iter().map(|(amount, mut keys)| {
        let key = keys.pop().unwrap_or(Key::Null);
        (key, amount.0)
    });
    Facet { dimension, top: top.collect(), n_values: ranking.n_groups, total: ranking.total }
}
