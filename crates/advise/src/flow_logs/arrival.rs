//! What arrived in the lake: one row for each interface and flow log.

/// What one flow log said of one interface, in the window that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    /// `eni-...`.
    pub interface_id: String,
    /// `fl-...`; empty if the object's name does not tell.
    pub flow_log_id: String,
    /// The newest record's end, of any kind, in microseconds since the Unix epoch.
    pub newest_us: i64,
    /// Records with traffic.
    pub n_records: u64,
    /// Those of them that were rejected.
    pub n_rejected: u64,
    /// Records that say that there was none.
    pub n_nodata: u64,
    /// Records that say that some were left out.
    pub n_skipdata: u64,
}

/// What arrived of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// The newest record's end, in microseconds since the Unix epoch; `None` if nothing came.
    pub newest_us: Option<i64>,
    /// Records with traffic.
    pub n_records: u64,
    /// Records that say that there was none.
    pub n_nodata: u64,
    /// Records that say that some were left out: holes.
    pub n_skipdata: u64,
}

impl Arrived {
    /// Returns the sum of arrivals.
    pub fn of<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> Self {
        let mut sum = Self::default();
        for arrival in arrivals {
            sum.newest_us = sum.newest_us.max(Some(arrival.newest_us));
            sum.n_records += arrival.n_records;
            sum.n_nodata += arrival.n_nodata;
            sum.n_skipdata += arrival.n_skipdata;
        }
        sum
    }
}
