//! The sides of a connection: columns that follow from who opened it.
//!
//! The client is the side that opened the connection, the server the other; both are unknown where the
//! initiator is. Addresses are the true ends: what the packet had, where AWS wrote it.

/// One end of a record, as columns of which the first with a value counts.
pub type End = &'static [&'static str];

/// A column that follows from the initiator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Side {
    /// The column's name.
    pub name: &'static str,
    /// Whether it is a port; else it is an address.
    pub is_port: bool,
    /// What it is if the source opened the connection.
    pub if_src: End,
    /// What it is if the destination did.
    pub if_dst: End,
    /// What the value means, in a sentence.
    pub doc: &'static str,
}

const SRC_ADDR: End = &["pkt_srcaddr", "srcaddr"];
const DST_ADDR: End = &["pkt_dstaddr", "dstaddr"];
const SRC_PORT: End = &["srcport"];
const DST_PORT: End = &["dstport"];

/// Address of the client.
pub const CLIENT_ADDR: Side = Side {
    name: "client_addr",
    is_port: false,
    if_src: SRC_ADDR,
    if_dst: DST_ADDR,
    doc: "Address of the side that opened the connection.",
};

/// Port of the client.
pub const CLIENT_PORT: Side = Side {
    name: "client_port",
    is_port: true,
    if_src: SRC_PORT,
    if_dst: DST_PORT,
    doc: "Port of the side that opened the connection.",
};

/// Address of the server.
pub const SERVER_ADDR: Side = Side {
    name: "server_addr",
    is_port: false,
    if_src: DST_ADDR,
    if_dst: SRC_ADDR,
    doc: "Address of the side that was connected to.",
};

/// Port of the server.
pub const SERVER_PORT: Side = Side {
    name: "server_port",
    is_port: true,
    if_src: DST_PORT,
    if_dst: SRC_PORT,
    doc: "Port of the side that was connected to.",
};

/// Every such column, in the order of the table.
pub const SIDES: [Side; 4] = [CLIENT_ADDR, CLIENT_PORT, SERVER_ADDR, SERVER_PORT];
