//! What Prometheus may ask.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::backend::SourceHealth;
use crate::lake::LakeState;

/// Bounds of the times that requests take, in seconds.
const SECONDS: [f64; 10] = [0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0];

/// Route and status of requests.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct RequestLabels {
    pub(crate) route: String,
    pub(crate) status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

type Number = Gauge<i64, AtomicI64>;
type Count = Counter<u64, AtomicU64>;

/// The numbers of the lake: nothing but that it is away, if it is.
#[derive(Clone, Debug, Default)]
struct LakeGauges(Arc<Mutex<Option<Arc<LakeState>>>>);

impl Collector for LakeGauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let lake = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let is_up = i64::from(lake.is_some());
        let mut numbers = vec![("lake_up", "Whether the lake can be read.", is_up)];
        if let Some(lake) = lake {
            numbers.push(("lake_version", "Version of the lake.", signed(lake.version)));
            numbers.push(("lake_rows", "Records in the lake.", signed(lake.n_rows)));
        }
        for (name, help, number) in numbers {
            let gauge = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(number).encode(gauge)?;
        }
        Ok(())
    }
}

/// Everything that is counted.
pub struct Metrics {
    registry: Mutex<Registry>,
    requests: Family<RequestLabels, Count>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    pub(crate) auth_failures: Count,
    pub(crate) queries_cancelled: Count,
    pub(crate) queries_refused: Count,
    pub(crate) rows_read: Count,
    pub(crate) bytes_read: Count,
    pub(crate) event_clients: Number,
    cache_hits: Count,
    queries_running: Number,
    queries_waiting: Number,
    lake: LakeGauges,
    source_lag: Family<SourceLabels, Number>,
    source_records: Family<SourceLabels, Number>,
    source_bad_lines: Family<SourceLabels, Number>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let metrics = Self {
            registry: Mutex::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(histogram),
            auth_failures: Counter::default(),
            queries_cancelled: Counter::default(),
            queries_refused: Counter::default(),
            rows_read: Counter::default(),
            bytes_read: Counter::default(),
            event_clients: Gauge::default(),
            cache_hits: Counter::default(),
            queries_running: Gauge::default(),
            queries_waiting: Gauge::default(),
            lake: LakeGauges::default(),
            source_lag: Family::default(),
            source_records: Family::default(),
            source_bad_lines: Family::default(),
        };
        Self { registry: Mutex::new(metrics.registry()), ..metrics }
    }
}

impl Metrics {
    fn registry(&self) -> Registry {
        let mut all = Registry::with_prefix("tidegate");
        all.register("requests", "Requests by route and status", self.requests.clone());
        all.register_with_unit(
            "request_duration",
            "Time to the end of the answer",
            Unit::Seconds,
            self.durations.clone(),
        );
        let counts = [
            ("auth_failures", "Requests that were refused for who sent them", &self.auth_failures),
            (
                "queries_cancelled",
                "Questions that ended before their answer",
                &self.queries_cancelled,
            ),
            ("queries_refused", "Questions whose turn did not come", &self.queries_refused),
            ("rows_read", "Rows that were read for answers", &self.rows_read),
            ("bytes_read", "Bytes that were read for answers", &self.bytes_read),
            ("cache_hits", "Answers that were not computed again", &self.cache_hits),
        ];
        for (name, help, count) in counts {
            all.register(name, help, count.clone());
        }
        let numbers = [
            ("event_clients", "Streams of events that are open", &self.event_clients),
            ("queries_running", "Questions that run", &self.queries_running),
            ("queries_waiting", "Questions that wait for their turn", &self.queries_waiting),
        ];
        for (name, help, number) in numbers {
            all.register(name, help, number.clone());
        }
        let sources = [
            ("source_lag_seconds", "Age of the newest record", &self.source_lag),
            ("source_records", "Records collected since the start", &self.source_records),
            ("source_bad_lines", "Lines set aside since the start", &self.source_bad_lines),
        ];
        for (name, help, family) in sources {
            all.register(name, help, family.clone());
        }
        all.register_collector(Box::new(self.lake.clone()));
        all
    }

    /// Counts an answer that was not computed again.
    pub(crate) fn count_cache_hit(&self) {
        self.cache_hits.inc();
    }

    /// Counts a request that was answered.
    pub(crate) fn note_request(&self, labels: &RequestLabels, elapsed: Duration) {
        let route = RouteLabels { route: labels.route.clone() };
        self.durations.get_or_create(&route).observe(elapsed.as_secs_f64());
        self.requests.get_or_create(labels).inc();
    }

    pub(crate) fn set_queries(&self, (n_running, n_waiting): (usize, usize)) {
        self.queries_running.set(signed(n_running as u64));
        self.queries_waiting.set(signed(n_waiting as u64));
    }

    /// Sets the numbers of the lake; without one, that it cannot be read is all that is told.
    pub(crate) fn set_lake(&self, lake: Option<Arc<LakeState>>) {
        *self.lake.0.lock().unwrap_or_else(PoisonError::into_inner) = lake;
    }

    pub(crate) fn set_sources(&self, sources: &[SourceHealth]) {
        for source in sources {
            let labels = SourceLabels { source: source.url.clone() };
            if let Some(lag_s) = source.lag_s {
                self.source_lag.get_or_create(&labels).set(signed(lag_s));
            }
            self.source_records.get_or_create(&labels).set(signed(source.n_records));
            self.source_bad_lines.get_or_create(&labels).set(signed(source.n_bad_lines));
        }
    }

    /// Returns everything as text.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
