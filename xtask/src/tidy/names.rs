//! Who may name whom: the layers of the workspace, and the one home of each heavy dependency.
//!
//! A new crate is one row of [`ROOMS`]; a heavy dependency is one row of [`HOMES`].

use anyhow::{Context as _, Result};
use toml::{Table, Value};

use super::Finding;
use super::tree::Tree;

/// A crate of the workspace and what it may name.
struct Room {
    /// The folder below `crates/`, also the name without `tidegate-`.
    name: &'static str,
    /// The crates of ours that it may name.
    may_name: &'static [&'static str],
    /// Whether it must do no I/O and know no clock, so that it can be proven.
    is_pure: bool,
}

/// Every crate, lowest layer first. A crate names only crates that stand before it.
const ROOMS: &[Room] = &[
    Room { name: "model", may_name: &[], is_pure: true },
    Room { name: "decode", may_name: &["model"], is_pure: true },
    Room { name: "network", may_name: &["model"], is_pure: true },
    Room { name: "enrich", may_name: &["model", "network"], is_pure: true },
    Room { name: "geo", may_name: &["model"], is_pure: true },
    Room { name: "inventory", may_name: &["model"], is_pure: true },
    Room { name: "advise", may_name: &["model", "network"], is_pure: true },
    Room { name: "filter", may_name: &["model"], is_pure: true },
    Room { name: "aws", may_name: &["model"], is_pure: false },
    Room { name: "store", may_name: &["model"], is_pure: false },
    Room { name: "demo", may_name: &["model"], is_pure: true },
    Room {
        name: "collect",
        may_name: &["model", "decode", "enrich", "geo", "store"],
        is_pure: false,
    },
    Room {
        name: "query",
        may_name: &["model", "decode", "inventory", "filter", "store"],
        is_pure: false,
    },
    Room {
        name: "serve",
        may_name: &["model", "advise", "filter", "store", "query"],
        is_pure: false,
    },
    Room {
        name: "tidegate",
        may_name: &[
            "model",
            "decode",
            "network",
            "enrich",
            "geo",
            "inventory",
            "advise",
            "filter",
            "aws",
            "store",
            "demo",
            "collect",
            "query",
            "serve",
        ],
        is_pure: false,
    },
];

/// What any crate may name in its tests besides what it may name anyway.
const TESTS_MAY_NAME: &[&str] = &["model", "decode", "demo", "enrich", "inventory"];

/// Families of dependencies with the only crate that may name them: a name is of the family if it
/// is the word itself, or the word and `-` or `_` and more.
const HOMES: &[(&str, &str)] = &[
    ("aws", "aws"),
    ("datafusion", "query"),
    ("deltalake", "store"),
    ("axum", "serve"),
    ("clap", "tidegate"),
    ("anyhow", "tidegate"),
    ("rustyline", "tidegate"),
    ("indicatif", "tidegate"),
];

/// What a pure crate must not name, not even in its tests' manifest.
const IMPURE: &[&str] = &["tokio", "object_store", "futures", "etcetera", "async-trait", "libc"];

/// The kinds of dependencies a manifest has.
const SECTIONS: &[&str] = &["dependencies", "build-dependencies", "dev-dependencies"];

/// Returns every dependency that is not in the tables above, and every manifest that does not
/// take its versions, edition and lints from the workspace.
pub(super) fn check(tree: &Tree) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in &tree.files {
        let Some(folder) = manifest_folder(&file.path) else { continue };
        let manifest: Table = file
            .text
            .parse()
            .with_context(|| format!("cannot read the manifest `{}`", file.path))?;
        let Some(room) = ROOMS.iter().find(|it| it.name == folder) else {
            let message =
                format!("crate `{folder}` is not in the table of xtask/src/tidy/names.rs");
            findings.push(Finding::new(&file.path, 0, message));
            continue;
        };
        for message in check_manifest(room, &manifest) {
            findings.push(Finding::new(&file.path, 0, message));
        }
    }
    Ok(findings)
}

/// Returns the folder's name if `path` is `crates/*/Cargo.toml`.
fn manifest_folder(path: &str) -> Option<&str> {
    let folder = path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!folder.contains('/')).then_some(folder)
}

fn check_manifest(room: &Room, manifest: &Table) -> Vec<String> {
    let mut messages = check_head(room, manifest);
    let targets = manifest.get("target").and_then(Value::as_table);
    let conditional = targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    for table in conditional.chain([manifest]) {
        for section in SECTIONS {
            let dependencies = table.get(*section).and_then(Value::as_table);
            for (name, value) in dependencies.into_iter().flatten() {
                messages.extend(check_dependency(room, section, name, value));
            }
        }
    }
    messages
}

/// Checks the name, and that version, edition and lints are the workspace's.
fn check_head(room: &Room, manifest: &Table) -> Vec<String> {
    let package = manifest.get("package").and_then(Value::as_table);
    let name = package.and_then(|it| it.get("name")).and_then(Value::as_str).unwrap_or_default();
    let expected = if room.name == "tidegate" {
        room.name.to_owned()
    } else {
        format!("tidegate-{}", room.name)
    };
    let mut messages = Vec::new();
    if name != expected {
        messages.push(format!("the package is named `{name}`, its folder asks for `{expected}`"));
    }
    for key in ["version", "edition", "rust-version", "license", "publish"] {
        if !is_from_workspace(package.and_then(|it| it.get(key))) {
            messages.push(format!("write `{key}.workspace = true`"));
        }
    }
    if !is_from_workspace(manifest.get("lints")) {
        messages.push("write `[lints]` with `workspace = true`".to_owned());
    }
    messages
}

fn is_from_workspace(value: Option<&Value>) -> bool {
    value.and_then(|it| it.get("workspace")).and_then(Value::as_bool) == Some(true)
}

fn check_dependency(room: &Room, section: &str, name: &str, value: &Value) -> Vec<String> {
    let mut messages = Vec::new();
    if !is_from_workspace(Some(value)) {
        messages.push(format!("`{name}`: its version belongs in the root manifest"));
    }
    if let Some(ours) = ours(name) {
        let is_allowed = room.may_name.contains(&ours)
            || (section == "dev-dependencies" && TESTS_MAY_NAME.contains(&ours));
        if !is_allowed {
            messages.push(format!("`{}` may not name `{ours}`", room.name));
        }
        return messages;
    }
    let home = HOMES.iter().find(|(family, _)| is_of_family(name, family));
    if let Some((family, home)) = home
        && room.name != *home
    {
        messages.push(format!("only `{home}` may name `{family}` crates, found `{name}`"));
    }
    if room.is_pure && IMPURE.contains(&name) {
        messages.push(format!("`{}` is pure and may not name `{name}`", room.name));
    }
    messages
}

/// Returns the folder of a crate of ours, by its package name.
fn ours(name: &str) -> Option<&str> {
    if name == "tidegate" { Some(name) } else { name.strip_prefix("tidegate-") }
}

fn is_of_family(name: &str, family: &str) -> bool {
    let rest = name.strip_prefix(family);
    rest.is_some_and(|it| it.is_empty() || it.starts_with(['-', '_']))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "[package]\nname = \"tidegate-store\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
        publish.workspace = true\n[lints]\nworkspace = true\n";

    fn messages(path: &str, text: &str) -> Vec<String> {
        let findings = super::check(&Tree::of(&[(path, text)])).unwrap();
        findings.into_iter().map(|it| it.message).collect()
    }

    fn check(dependencies: &str, expected: &[&str]) {
        let actual = messages("crates/store/Cargo.toml", &format!("{HEAD}{dependencies}"));
        assert_eq!(actual, expected, "{dependencies}");
    }

    #[test]
    fn what_is_in_the_table_is_allowed() {
        check("[dependencies]\ntidegate-model.workspace = true\nbytes.workspace = true\n", &[]);
        check("[dependencies]\ndeltalake-core.workspace = true\n", &[]);
        check("[dev-dependencies]\ntidegate-demo.workspace = true\n", &[]);
    }

    #[test]
    fn a_layer_is_not_skipped_upwards() {
        let query = "tidegate-query.workspace = true\n";
        check(&format!("[dependencies]\n{query}"), &["`store` may not name `query`"]);
        check(&format!("[dev-dependencies]\n{query}"), &["`store` may not name `query`"]);
        check(
            &format!("[target.'cfg(unix)'.build-dependencies]\n{query}"),
            &["`store` may not name `query`"],
        );
        check("[dependencies]\ntidegate-demo.workspace = true\n", &["`store` may not name `demo`"]);
    }

    #[test]
    fn a_heavy_dependency_has_one_home() {
        check(
            "[dependencies]\naws-config.workspace = true\nclap_complete.workspace = true\n",
            &[
                "only `aws` may name `aws` crates, found `aws-config`",
                "only `tidegate` may name `clap` crates, found `clap_complete`",
            ],
        );
        check(
            "[dev-dependencies]\ndatafusion.workspace = true\n",
            &["only `query` may name `datafusion` crates, found `datafusion`"],
        );
    }

    #[test]
    fn a_pure_crate_stays_pure() {
        let text =
            format!("{HEAD}[dependencies]\ntokio.workspace = true\n").replace("store", "decode");
        assert_eq!(
            messages("crates/decode/Cargo.toml", &text),
            ["`decode` is pure and may not name `tokio`"]
        );
    }

    #[test]
    fn versions_and_lints_come_from_the_workspace() {
        check(
            "[dependencies]\nbytes = \"1\"\n",
            &["`bytes`: its version belongs in the root manifest"],
        );
        let bare = HEAD.replace("edition.workspace = true", "edition = \"2024\"");
        let bare = bare.replace("[lints]\nworkspace = true\n", "");
        assert_eq!(
            messages("crates/store/Cargo.toml", &bare),
            ["write `edition.workspace = true`", "write `[lints]` with `workspace = true`"]
        );
    }

    #[test]
    fn an_unknown_crate_asks_for_its_row() {
        assert_eq!(
            messages("crates/sketch/Cargo.toml", HEAD),
            ["crate `sketch` is not in the table of xtask/src/tidy/names.rs"]
        );
        assert_eq!(
            messages("crates/decode/Cargo.toml", HEAD),
            ["the package is named `tidegate-store`, its folder asks for `tidegate-decode`"]
        );
    }

    #[test]
    fn the_rooms_stand_in_layers() {
        for (index, room) in ROOMS.iter().enumerate() {
            for name in room.may_name {
                let below = ROOMS[..index].iter().any(|it| it.name == *name);
                assert!(below, "`{}` names `{name}`, which is not below it", room.name);
            }
        }
    }
}
