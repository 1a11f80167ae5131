//! Prints how fast a world is made: `cargo run --release --example world_speed -- [RECORDS] [FORMAT]`.
//!
//! FORMAT is `recommended` (the default) or `default`.

use std::io::Write;
use std::time::Instant;

use tidegate_demo::{Spec, World};
use tidegate_model::field::DEFAULT_FORMAT;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let n_records = arguments.next().map_or(Ok(1_000_000), |it| it.parse())?;
    let mut spec = Spec { n_records, ..Spec::default() };
    if arguments.next().as_deref() == Some("default") {
        spec.format = DEFAULT_FORMAT.iter().map(ToString::to_string).collect();
    }
    let started = Instant::now();
    let world = World::new(spec)?;
    let made_s = started.elapsed().as_secs_f64();
    let truth = world.generate(&mut |_| Ok(()))?;
    let wall_s = started.elapsed().as_secs_f64();
    let rate = truth.n_records as f64 / wall_s;
    writeln!(
        std::io::stdout(),
        "{} records, {} objects, {} bytes in {wall_s:.2} s (network {made_s:.3} s): {rate:.0} records/s",
        truth.n_records,
        truth.n_objects,
        truth.object_bytes,
    )?;
    Ok(())
}
