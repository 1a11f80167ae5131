//! What a run did.

use serde::Serialize;

/// What a run did. Every object that was found is known, new, failed or left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Objects found at the sources.
    pub n_objects: u64,
    /// Of these, objects that were in the lake already.
    pub n_objects_known: u64,
    /// Objects that were read now.
    pub n_objects_new: u64,
    /// Objects that could not be read.
    pub n_failed: u64,
    /// Objects that were found and not read, because the run was stopped; there may be more that
    /// were not found yet.
    pub n_objects_left: u64,
    /// Objects read now that held no record.
    pub n_objects_empty: u64,
    /// Objects read now at whose address another content was read before: records that are in both
    /// are stored twice.
    pub n_objects_changed: u64,
    /// Objects that are not flow logs by their name, or not in the window, and were left alone.
    pub n_objects_left_out: u64,
    /// Folders that were not entered, for the same reasons.
    pub n_folders_left_out: u64,
    /// Records stored, NODATA and SKIPDATA not counted.
    pub n_records: u64,
    /// NODATA records stored.
    pub n_nodata: u64,
    /// SKIPDATA records stored.
    pub n_skipdata: u64,
    /// Lines set aside.
    pub n_bad: u64,
    /// Size of the objects that were read.
    pub bytes_read: u64,
    /// Decompressed size.
    pub text_bytes: u64,
    /// Files written.
    pub n_files: u64,
    /// Size of the files written.
    pub file_bytes: u64,
    /// Commits made.
    pub n_commits: u64,
    /// Version of the table at the end.
    pub version: u64,
    /// Files that were put together at the end, and what came of it.
    pub n_files_compacted: u64,
    /// Files with the lines set aside, relative to the lake; the first thousand.
    pub dead_letters: Vec<String>,
    /// Objects that could not be read, and why; the first thousand.
    pub failed: Vec<Failed>,
    /// What went wrong without ending the run, each once; the first hundred.
    pub warnings: Vec<String>,
    /// How often something did.
    pub n_warnings: u64,
    /// Whether somebody stopped the run before its end.
    pub is_interrupted: bool,
    /// How long it took.
    pub elapsed_ms: u64,
}

/// An object that could not be read. It is not in the ledger: the next run tries it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// Address.
    pub url: String,
    /// Why.
    pub reason: String,
}
