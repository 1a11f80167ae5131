//! Prints what the columns of geography cost: `cost FOLDER [ROWS] [ADDRESSES] [ROUNDS]`.
//!
//! FOLDER is what `scripts/geo` made. Every row has a private address on one side and one of so many
//! public ones on the other, and the packet's addresses beside.

use std::fs;
use std::io::{self, Write as _};
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use tidegate_geo::{AsnTable, Atlas, Database, apply};
use tidegate_model::columns::{Column, Columns};

/// What the program uses, so that times compare.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or(io::Error::other("cost FOLDER [ROWS] [ADDRESSES] [ROUNDS]"))?;
    let mut number = |default: u32| args.next().and_then(|it| it.parse().ok()).unwrap_or(default);
    let (n_rows, n_addresses, n_rounds) = (number(1_000_000), number(50_000), number(5));
    let mut out = io::stdout().lock();
    let atlas = open(Path::new(&folder), &mut out)?;
    let plain = rows(n_rows, n_addresses);
    for _ in 0..n_rounds {
        let mut columns = plain.clone();
        let begun = Instant::now();
        let applied = apply(&mut columns, &atlas);
        let elapsed = begun.elapsed();
        writeln!(
            out,
            "{n_rows} records, {} addresses: {} ns a record",
            applied.n_addresses,
            elapsed.as_nanos() / u128::from(n_rows.max(1)),
        )?;
    }
    Ok(())
}

fn open(folder: &Path, out: &mut impl io::Write) -> io::Result<Atlas> {
    let read = |name: &str| fs::read(folder.join(name)).map(Bytes::from);
    let mut atlas = Atlas::default();
    let begun = Instant::now();
    let country = Database::open("iptoasn-country", read("iptoasn-country.mmdb")?);
    atlas.add_database(country.map_err(io::Error::other)?);
    writeln!(out, "country database: opened in {} us", begun.elapsed().as_micros())?;
    let texts = [read("asn-ipv4.csv")?, read("asn-ipv6.csv")?];
    let begun = Instant::now();
    let built = AsnTable::build("asn", &texts, None).map_err(io::Error::other)?;
    writeln!(out, "table of systems: built in {} ms", begun.elapsed().as_millis())?;
    let bytes = built.table.bytes().clone();
    let begun = Instant::now();
    let table = AsnTable::open("asn", bytes).map_err(io::Error::other)?;
    let n_bytes = table.bytes().len();
    writeln!(out, "table of systems: {n_bytes} bytes in {} us", begun.elapsed().as_micros())?;
    atlas.add_systems(table);
    Ok(atlas)
}

/// Returns rows whose public addresses come in no order.
fn rows(n_rows: u32, n_addresses: u32) -> Columns {
    let private: Vec<String> = (0..250).map(|it| format!("10.0.0.{it}")).collect();
    let public = (0..n_addresses).map(|it| Ipv4Addr::from(mixed(it)).to_string()).collect();
    let mut columns = Columns { n_rows: n_rows as usize, ..Columns::default() };
    let ids = |n_values: u32| (0..n_rows).map(|it| mixed(it) % n_values.max(1)).collect();
    for (side, values) in [("srcaddr", private), ("dstaddr", public)] {
        let column = Column::text(ids(u32::try_from(values.len()).unwrap_or(1)), values);
        columns.put(&format!("pkt_{side}"), column.clone());
        columns.put(side, column);
    }
    columns
}

/// Mixes the bits of a number, without a collision: the odd factor can be undone, and so can the
/// shifts.
fn mixed(number: u32) -> u32 {
    let number = (number ^ 0x9e37_79b9).wrapping_mul(0x85eb_ca6b);
    let number = (number ^ (number >> 15)).wrapping_mul(0xc2b2_ae35);
    number ^ (number >> 13)
}
