//! Writes a world to a folder: `cargo run --release --example world_write -- FOLDER [RECORDS [default]]`.

use std::path::PathBuf;
use std::{env, fs, io};

use tidegate_demo::{Spec, World};
use tidegate_model::field::DEFAULT_FORMAT;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("say which folder")?);
    let n_records = arguments.next().map_or(Ok(20_000), |it| it.parse())?;
    let mut spec = Spec { n_records, has_record_truth: true, ..Spec::default() };
    if arguments.next().is_some_and(|it| it == "default") {
        spec.format = DEFAULT_FORMAT.iter().map(|it| (*it).to_owned()).collect();
    }
    let world = World::new(spec)?;
    let write = |name: &str, bytes: &[u8]| -> io::Result<()> {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        fs::write(path, bytes)
    };
    let truth = world.generate(&mut |object| write(&object.key, &object.bytes))?;
    write("truth.json", serde_json::to_string_pretty(&truth.to_json())?.as_bytes())?;
    if let Some(rows) = truth.records_csv_gz()? {
        write("truth.csv.gz", &rows)?;
    }
    for file in world.config_history() {
        let (name, bytes) = file?;
        write(&format!("network/config/{name}"), &bytes)?;
    }
    for (name, value) in world.network_json() {
        write(&format!("network/{name}"), serde_json::to_string_pretty(&value)?.as_bytes())?;
    }
    Ok(())
}
