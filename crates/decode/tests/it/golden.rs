//! One small file for each version and each kind of damage, with what it decodes to beside it.

use std::path::Path;

use crate::support::check;

#[test]
fn every_file_decodes_to_what_stands_beside_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test_data");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.extension().is_none_or(|it| it != "snap"))
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert!(names.len() >= 12, "{names:?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(&folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names {
            let object = std::fs::read(folder.join(&name)).unwrap();
            insta::assert_snapshot!(name.as_str(), check(object));
        }
    });
}
