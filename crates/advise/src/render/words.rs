//! What several forms say in the same words.

use chrono::DateTime;
pub use tidegate_model::count::count;
use tidegate_model::inventory::Validity;

use crate::replay::Replay;
use crate::space::Space;

/// The order in which changes are safe, and what to look at after them. Connections that are tracked
/// go on without their rule ("Security group connection tracking", EC2 user guide).
pub const ORDER: &[&str] = &[
    "Open first: make the narrower rules. Old and new are in force together, nothing is shut out.",
    "Keep both for a day, or as long as the rarest job takes, and look whether anything else comes \
     through the old rules.",
    "Close then: revoke the old rules, those open to the world first.",
    "Watch REJECTs on the changed groups for five days. Connections that are tracked survive their \
     rule until they have been idle: for TCP up to five days (350 seconds on Nitro v6), so a block \
     may show late. Connections that are not tracked (a rule for everything both ways) break at \
     once.",
    "If something is missing: the rollback brings back every rule as it was, with its description; \
     only ids are new.",
];

/// What was rejected in the last hour, in SQL over the lake.
pub const WATCH_SQL: &str = "\
SELECT interface_id, srcaddr, dstaddr, dstport, protocol, count(*) AS n
FROM flows
WHERE action = 'REJECT' AND start >= now() - INTERVAL '1 hour'
GROUP BY 1, 2, 3, 4, 5
ORDER BY n DESC";

/// Returns a moment as a day and a time.
#[must_use]
pub fn time(moment_us: i64) -> String {
    let time = DateTime::from_timestamp_micros(moment_us);
    time.map_or_else(|| "ever".to_owned(), |it| it.format("%Y-%m-%d %H:%M").to_string())
}

/// Returns a range of time.
#[must_use]
pub fn window(window: Validity) -> String {
    format!("{} to {} UTC", time(window.from_us), time(window.until_us))
}

/// Returns what a replay says: how much was played, how much blocked, how much less is open.
#[must_use]
pub fn replay(replay: &Replay) -> String {
    format!(
        "{} flows, {} connections played back: {} would have been blocked, {} rejected ones would now \
         pass; reachable space {}",
        count(replay.n_flows),
        count(replay.n_connections),
        count(replay.n_blocked),
        count(replay.n_rejects_admitted),
        space(replay.space_before, replay.space_after),
    )
}

/// Returns by how much the space shrinks, each family that there is.
fn space(before: Space, after: Space) -> String {
    let families = [("IPv4", before.v4, after.v4), ("IPv6", before.v6, after.v6)];
    let told = families.iter().filter(|it| it.1 > 0.0 || it.2 > 0.0);
    let told: Vec<String> =
        told.map(|(name, before, after)| format!("{name} {}", change(*before, *after))).collect();
    if told.is_empty() { "as before".to_owned() } else { told.join(", ") }
}

fn change(before: f64, after: f64) -> String {
    if before <= 0.0 {
        return "from nothing".to_owned();
    }
    let percent = (after / before - 1.0) * 100.0;
    if percent.abs() < 0.005 { "as before".to_owned() } else { format!("{percent:+.2} %") }
}
