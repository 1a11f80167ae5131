//! What is summed up: one table of dimensions, one of the fields that they answer.

/// A column by whose values records are summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// The name in the column `dimension` of a summary; empty for the sums over all values.
    pub name: &'static str,
    /// Which records are summed up.
    pub records: Records,
    /// How it is counted.
    pub(super) source: Source,
}

/// Which records a dimension's sums are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// All.
    All,
    /// Only those with the action `REJECT`. The ports of all would be a quarter of a summary, and
    /// most of them those of clients, which nobody asks for; `server_port` has the others.
    Rejected,
}

/// Where the values of a dimension come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// There is one value.
    Nothing,
    /// The column of the same name, with many values.
    Alone,
    /// The column of the same name, counted together with others: few values meet in a record.
    Family(Family),
    /// The port of the side that did not open the connection.
    ServerPort,
    /// A correction of the addresses of a column by those of another.
    Moved { from: &'static str, to: &'static str },
}

/// Columns that are counted together, because what one says nearly follows from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Of the interface.
    Interface,
    /// Of the traffic.
    Traffic,
    /// Of the interface at the other end.
    Peer,
    /// Of the source's place in the world.
    Source,
    /// Of the destination's place in the world.
    Destination,
}

/// All families.
pub(super) const FAMILIES: &[Family] =
    &[Family::Interface, Family::Traffic, Family::Peer, Family::Source, Family::Destination];

const INTERFACE: Source = Source::Family(Family::Interface);
const TRAFFIC: Source = Source::Family(Family::Traffic);
const PEER: Source = Source::Family(Family::Peer);
const SOURCE: Source = Source::Family(Family::Source);
const DESTINATION: Source = Source::Family(Family::Destination);

/// Every dimension, in the order of the file: by name.
///
/// `src_moved` and `dst_moved` correct `srcaddr` and `dstaddr` for the records whose packets had
/// another address than the interface saw: what is to be taken away stands under the one, with a
/// minus, what is to be added under the other. Lists have a row for each element, so sums over them
/// exceed the total.
pub const DIMENSIONS: &[Dimension] = &[
    all("", Source::Nothing),
    all("account_id", INTERFACE),
    all("az_id", INTERFACE),
    all("dst_as_name", DESTINATION),
    all("dst_as_number", DESTINATION),
    all("dst_aws_service", DESTINATION),
    all("dst_country_code", DESTINATION),
    all("dst_moved", Source::Moved { from: "dstaddr", to: "pkt_dstaddr" }),
    all("dstaddr", Source::Alone),
    Dimension { name: "dstport", records: Records::Rejected, source: Source::Alone },
    all("flow_direction", TRAFFIC),
    all("instance_id", INTERFACE),
    all("interface_id", INTERFACE),
    all("interface_service", INTERFACE),
    all("log_status", TRAFFIC),
    all("peer_security_group_ids", PEER),
    all("pkt_dst_aws_service", TRAFFIC),
    all("pkt_src_aws_service", TRAFFIC),
    all("protocol", TRAFFIC),
    all("region", INTERFACE),
    all("reject_cause", TRAFFIC),
    all("security_group_ids", INTERFACE),
    all("server_port", Source::ServerPort),
    all("src_as_name", SOURCE),
    all("src_as_number", SOURCE),
    all("src_aws_service", SOURCE),
    all("src_country_code", SOURCE),
    all("src_moved", Source::Moved { from: "srcaddr", to: "pkt_srcaddr" }),
    all("srcaddr", Source::Alone),
    all("subnet_id", INTERFACE),
    all("tcp_flags", TRAFFIC),
    all("traffic_path", TRAFFIC),
    all("vpc_id", INTERFACE),
];

const fn all(name: &'static str, source: Source) -> Dimension {
    Dimension { name, records: Records::All, source }
}

/// How the sums of a field are put together: the union of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldSums {
    /// The field's name, as in `flows`.
    pub name: &'static str,
    /// What it is the sum of.
    pub parts: &'static [Part],
}

/// A part of a field's sums: rows of a dimension, as far as the initiator is the one that is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The dimension.
    pub dimension: &'static str,
    /// Which of its rows.
    pub side: Side,
}

/// Which side of a record opened the connection, as a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Whichever.
    Any,
    /// The source: `initiator = 'src'`.
    Source,
    /// The destination: `initiator = 'dst'`.
    Destination,
    /// Unknown: `coalesce(initiator, '') NOT IN ('src', 'dst')`. There is no client and no server then.
    Unknown,
}

/// The fields whose sums are put together from parts. Any other has those of the dimension of its
/// own name: see [`parts`].
pub const FIELDS: &[FieldSums] = &[
    FieldSums { name: "src", parts: &[any("srcaddr"), any("src_moved")] },
    FieldSums { name: "dst", parts: &[any("dstaddr"), any("dst_moved")] },
    FieldSums {
        name: "client_addr",
        parts: &[
            part("srcaddr", Side::Source),
            part("src_moved", Side::Source),
            part("dstaddr", Side::Destination),
            part("dst_moved", Side::Destination),
            part("", Side::Unknown),
        ],
    },
    FieldSums {
        name: "server_addr",
        parts: &[
            part("dstaddr", Side::Source),
            part("dst_moved", Side::Source),
            part("srcaddr", Side::Destination),
            part("src_moved", Side::Destination),
            part("", Side::Unknown),
        ],
    },
];

const fn any(dimension: &'static str) -> Part {
    part(dimension, Side::Any)
}

const fn part(dimension: &'static str, side: Side) -> Part {
    Part { dimension, side }
}

/// Returns the parts of a field's sums; none if summaries do not have it.
#[must_use]
pub fn parts(field: &str) -> Vec<Part> {
    if let Some(sums) = FIELDS.iter().find(|it| it.name == field) {
        return sums.parts.to_vec();
    }
    let is_part = |it: &&Dimension| !matches!(it.source, Source::Moved { .. } | Source::Nothing);
    let own = DIMENSIONS.iter().filter(is_part).filter(|it| it.name == field);
    own.map(|it| any(it.name)).collect()
}

/// Returns the dimension called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Dimension> {
    DIMENSIONS.iter().find(|it| it.name == name)
}

#[cfg(test)]
mod tests {
    use tidegate_model::schema::table_schema;

    use super::*;

    #[test]
    fn dimensions_ascend_and_are_columns() {
        assert!(DIMENSIONS.is_sorted_by_key(|it| it.name));
        let schema = table_schema();
        for it in DIMENSIONS {
            if matches!(it.source, Source::Alone | Source::Family(_)) {
                assert!(schema.index_of(it.name).is_ok(), "{}", it.name);
            }
        }
    }

    #[test]
    fn every_part_is_a_dimension() {
        for part in FIELDS.iter().flat_map(|it| it.parts) {
            assert!(find(part.dimension).is_some(), "{}", part.dimension);
        }
        assert_eq!(parts("vpc_id"), [any("vpc_id")]);
        assert_eq!(parts("client_addr").len(), 5);
        assert_eq!(parts("src_moved"), []);
        assert_eq!(parts("srcport"), []);
    }
}
