//! Every limit of the server, with its reason.

use std::time::Duration;

/// What makes the plan of a statement deeper, as `tidegate_query::weight` counts it: some thousands
/// end the stack.
pub const SQL_OPERATORS_MAX: usize = 500;

/// How deep parts as `CASE` and `CAST(` of a statement stand in each other: the parser takes up to
/// four times as long for each.
pub const SQL_NESTED_MAX: usize = 10;

/// Bytes of a value that a function of a statement makes. The engine counts the memory of rows that
/// wait, not that of the batch it works on, in which a value may stand thousands of times.
pub const VALUE_BYTES_MAX: u64 = 1 << 20;

/// How long a body may take to come: it is a statement, or a note.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(20);

/// Memory for the rows of one answer in JSON; files are written while the rows come.
pub const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Body of a request: a statement or a note, never a file. What people write is a few KiB.
pub const BODY_BYTES_MAX: usize = 64 << 10;

/// Line and headers of a request: a filter of 8 KiB, percent-encoded, and the cookies.
pub const HEAD_BYTES_MAX: usize = 16 << 10;

/// Connections at once: browsers open six each, so this is some eighty people.
pub const CONNECTIONS_MAX: usize = 512;

/// A connection without a request for so long is closed; this also ends heads that never end.
pub const IDLE_MAX: Duration = Duration::from_secs(75);

/// A client that takes nothing for so long is gone.
pub const WRITE_STALL_MAX: Duration = Duration::from_secs(30);

/// From the question to the end of its answer; an export of a month of records takes minutes.
pub const QUERY_TIME_MAX: Duration = Duration::from_mins(5);

/// How long one report of advice may be made: it asks for weeks of records several times over, and
/// everybody else who wants advice waits behind it.
pub const ADVICE_TIME_MAX: Duration = Duration::from_mins(30);

/// Bytes of records that a question reads without asking: half a minute and more of both cores of a
/// laptop.
pub const READ_BYTES_MAX: u64 = 8 << 30;

/// Questions that run at once for each thread of the engine: one reads while another computes.
pub const QUERIES_PER_THREAD: usize = 2;

/// Questions that wait for their turn; fifty people with a page of four questions each.
pub const QUERIES_WAITING_MAX: usize = 256;

/// How long a question waits for its turn; nobody looks at a page for longer.
pub const QUERY_WAIT_MAX: Duration = Duration::from_secs(30);

/// When a busy server may be asked again.
pub const BUSY_RETRY_S: u64 = 2;

/// Streams of events at once: a tab has one or two.
pub const EVENT_CLIENTS_MAX: usize = 128;

/// A comment is sent on a quiet stream so often: proxies close what is quiet for a minute.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// How often the lake is looked at for a new version while somebody listens.
pub const LAKE_POLL: Duration = Duration::from_secs(2);

/// How long an answer about the lake's size and age may be used again.
pub const LAKE_STATE_AGE_MAX: Duration = Duration::from_secs(1);

/// How often the progress of a question is told.
pub const PROGRESS_EVERY: Duration = Duration::from_millis(200);

/// Requests of one client in a second, in the long run: a page in motion asks ten.
pub const REQUESTS_PER_SECOND: u32 = 50;

/// Requests of one client at once: the first page asks a dozen, an impatient hand many times that.
pub const REQUESTS_BURST: u32 = 500;

/// Wrong tokens of one address in a minute, before more of them must wait.
pub const WRONG_TOKENS_MAX: u32 = 10;

/// The minute above.
pub const WRONG_TOKENS_PER: Duration = Duration::from_mins(1);

/// Addresses whose wrong tokens are remembered; the oldest are forgotten first.
pub const WRONG_ADDRESSES_MAX: usize = 10_000;

/// How long a session lasts: a working day with its breaks.
pub const SESSION_AGE_MAX: Duration = Duration::from_hours(12);

/// Sessions at once; the one that ends first makes room.
pub const SESSIONS_MAX: usize = 1_000;

/// The shortest token: 24 characters of base64 are 144 bits.
pub const TOKEN_CHARS_MIN: usize = 24;

/// The longest token.
pub const TOKEN_CHARS_MAX: usize = 1_024;

/// The longest window of time that a question may be about.
pub const WINDOW_DAYS_MAX: i64 = 3_660;

/// Saved views.
pub const VIEWS_MAX: usize = 1_000;

/// Notes.
pub const NOTES_MAX: usize = 10_000;

/// Characters of a name or an identifier.
pub const NAME_CHARS_MAX: usize = 200;

/// Characters of a view's address: what fits into the head of a request.
pub const URL_CHARS_MAX: usize = 8_000;

/// Characters of a note or a description.
pub const TEXT_CHARS_MAX: usize = 4_000;

/// Tries to write a document that others write too.
pub const WRITE_TRIES: usize = 8;

/// Rows that one event of the tail carries; more are counted.
pub const TAIL_ROWS_MAX: usize = 500;

/// Versions of the lake that a tail goes through to tell what came: some minutes of a busy
/// collector, and each is a file of the log that is read.
pub const TAIL_VERSIONS_MAX: u64 = 200;

/// Tries to tell what came before it is left out, and that is told.
pub const TAIL_TRIES: u32 = 3;

/// Rows of the inventory in an answer.
pub const INVENTORY_ROWS_MAX: usize = 10_000;

/// Advice that is kept: for some windows and groups.
pub const ADVICE_KEPT: usize = 8;

/// How long connections may finish after the server was asked to stop.
pub const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
