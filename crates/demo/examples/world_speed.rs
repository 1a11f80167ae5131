//! Prints how fast a world is made:
//! `cargo run --release --example world_speed -- [RECORDS] [FORMAT] [DAYS] [THREADS]`.
//!
//! FORMAT is `recommended` (if not given) or `default`.

use std::io::Write;
use std::time::Instant;

use tidegate_demo::{Spec, World};
use tidegate_model::field::DEFAULT_FORMAT;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |index: usize, other: &str| {
        arguments.get(index).cloned().unwrap_or_else(|| other.to_owned())
    };
    let mut spec = Spec {
        n_records: argument(0, "1000000").parse()?,
        days: argument(2, "1").parse()?,
        n_threads: argument(3, "1").parse()?,
        ..Spec::default()
    };
    if argument(1, "recommended") == "default" {
        spec.format = DEFAULT_FORMAT.iter().map(ToString::to_string).collect();
    }
    let started = Instant::now();
    let world = World::new(spec)?;
    let truth = world.generate(&mut |_| Ok(()))?;
    let wall_ms = started.elapsed().as_millis().max(1);
    let rate = u128::from(truth.n_records) * 1_000 / wall_ms;
    writeln!(
        std::io::stdout(),
        "{} records, {} objects, {} bytes in {wall_ms} ms: {rate} records/s",
        truth.n_records,
        truth.n_objects,
        truth.object_bytes,
    )?;
    Ok(())
}
