//! What is added up.

/// What is added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Bytes that crossed the network, each once, and those of rejected records.
    Bytes,
    /// Packets, in the same way.
    Packets,
    /// Records.
    Flows,
    /// Connections: different pairs of client and server with their ports and protocol.
    Connections,
}

/// Whether a record's bytes and packets are added up: of all views of the same packets one, and each
/// rejected attempt. Without context nothing tells, and everything is.
pub(crate) const COUNTS: &str =
    "(counted IS NOT FALSE OR (action = 'REJECT' AND vantage IS DISTINCT FROM 'duplicate'))";

/// What tells connections apart.
pub(crate) const CONNECTION: [&str; 5] = [
    "coalesce(client_addr, srcaddr)",
    "coalesce(client_port, srcport)",
    "coalesce(server_addr, dstaddr)",
    "coalesce(server_port, dstport)",
    "protocol",
];

impl Metric {
    /// Every metric, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Bytes, Self::Packets, Self::Flows, Self::Connections];

    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Packets => "packets",
            Self::Flows => "flows",
            Self::Connections => "connections",
        }
    }

    /// Returns the metric called `name`.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether amounts of parts add up to the amount of the whole.
    #[must_use]
    pub fn is_additive(self) -> bool {
        self != Self::Connections
    }

    /// Returns the amount of one record.
    pub(crate) fn of_record(self) -> String {
        match self {
            Self::Bytes | Self::Packets => format!("CASE WHEN {COUNTS} THEN {} END", self.name()),
            Self::Flows | Self::Connections => "1".to_owned(),
        }
    }
}
