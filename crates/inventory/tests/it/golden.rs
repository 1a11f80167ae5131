//! One small file for each form and each kind of damage, with what it says beside it.

use std::path::Path;

use crate::support::{history, seen, shown, told};

fn check(name: &str, bytes: &[u8]) -> String {
    let seen = seen(name, bytes);
    let listed = seen.listed.iter().map(|it| format!("{} {}", it.kind.table(), it.name));
    let places = seen.places.iter();
    let places = places.map(|it| format!("{} {} {}", it.kind.table(), it.region, it.account_id));
    let listed = listed.chain(places).collect::<Vec<_>>().join("\n");
    let mut notes = seen.notes.clone();
    let (history, changes) = history(seen);
    notes.extend(changes.notes);
    format!("{}listed completely\n{listed}\n\nnotes\n{}", shown(&history), told(&notes))
}

#[test]
fn every_file_says_what_stands_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_none_or(|it| it != "snap"))
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 16, "{names:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names {
            let bytes = std::fs::read(folder.join(&name)).unwrap();
            insta::assert_snapshot!(name.as_str(), check(&name, &bytes));
        }
    });
}
