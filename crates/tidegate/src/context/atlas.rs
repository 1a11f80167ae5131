//! The databases of a folder: `*.mmdb`, `*.asn`, the CSV that such a table is built from, and
//! `ip-ranges.json`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bytes::Bytes;
use tidegate_geo::{AsnTable, Atlas, AwsRanges, Database};

/// Databases larger than this are not opened.
const BYTES_MAX: u64 = 2 << 30;

/// The list that AWS publishes.
const AWS_RANGES: &str = "ip-ranges.json";

/// What a table of AS numbers is built from, and its name.
const SYSTEMS_TEXTS: [&str; 2] = ["asn-ipv4.csv", "asn-ipv6.csv"];
const SYSTEMS: &str = "asn.asn";

/// Opens every database of the folder; a folder that does not exist has none.
///
/// # Errors
///
/// If one of them cannot be read: a database that is silently not used would be missed too late.
pub(super) fn open(folder: &Path) -> anyhow::Result<Atlas> {
    let mut atlas = Atlas::default();
    if !folder.is_dir() {
        return Ok(atlas);
    }
    build_systems(folder)?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in
        std::fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?
    {
        files.push(entry?.path());
    }
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let kind = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        if kind == "mmdb" {
            atlas.add_database(Database::open(&name, read(&file)?)?);
        } else if kind == "asn" {
            atlas.add_systems(AsnTable::open(&name, read(&file)?)?);
        } else if file.file_name().is_some_and(|it| it == AWS_RANGES) {
            atlas.set_aws_ranges(AwsRanges::read(AWS_RANGES, &read(&file)?)?);
        }
    }
    Ok(atlas)
}

/// Builds the table of AS numbers if there is none that is as young as its texts.
fn build_systems(folder: &Path) -> anyhow::Result<()> {
    let texts: Vec<PathBuf> =
        SYSTEMS_TEXTS.iter().map(|it| folder.join(it)).filter(|it| it.exists()).collect();
    let modified = |path: &Path| path.metadata().and_then(|it| it.modified()).ok();
    let Some(youngest) = texts.iter().filter_map(|it| modified(it)).max() else { return Ok(()) };
    let target = folder.join(SYSTEMS);
    if modified(&target).is_some_and(|it| it >= youngest) {
        return Ok(());
    }
    let read: Vec<Bytes> = texts.iter().map(|it| read(it)).collect::<anyhow::Result<_>>()?;
    let built = AsnTable::build("asn", &read, None)?;
    // Under another name first: another run may read the folder right now.
    let part = folder.join(format!("{SYSTEMS}.{}.part", std::process::id()));
    let write = || {
        std::fs::write(&part, built.table.bytes())?;
        std::fs::rename(&part, &target)
    };
    write().with_context(|| format!("cannot write `{}`", target.display()))
}

fn read(file: &Path) -> anyhow::Result<Bytes> {
    let attempt = || format!("cannot read the database `{}`", file.display());
    let n_bytes = file.metadata().with_context(attempt)?.len();
    if n_bytes > BYTES_MAX {
        anyhow::bail!(
            "the database `{}` has {n_bytes} bytes, more than {BYTES_MAX}",
            file.display()
        );
    }
    Ok(std::fs::read(file).with_context(attempt)?.into())
}
