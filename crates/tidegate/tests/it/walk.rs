//! The tutorial `docs/tutorial/refine.md`, done as a reader does it.
//!
//! Its commands are run in their order, on a terminal; what it shows must come out, but for ids.
//! What it promises is then looked up in what AWS said before, between and after.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::run::{Here, Ran, mask};
use crate::support::moto::Moto;
use crate::support::skipped;

/// How `moto-network` ends if boto3 is not installed.
const NO_BOTO3: i32 = 3;

/// The section with which the walk begins; the reader's moto is set up before it, ours by the test.
const FIRST: &str = "\n## 1. ";

/// Commands of the tutorial, and the lines that it shows of their output.
#[derive(Debug, Default)]
struct Stage {
    commands: String,
    shown: Vec<String>,
}

/// Returns the stages of the tutorial: each block of commands with the block of text after it.
fn stages(tutorial: &str) -> Vec<Stage> {
    let (_, walk) = tutorial.split_once(FIRST).unwrap();
    let mut stages: Vec<Stage> = Vec::new();
    // Every second part is within a fence.
    for block in walk.split("```").skip(1).step_by(2) {
        match block.split_once('\n').unwrap() {
            ("sh", commands) => {
                stages.push(Stage { commands: commands.to_owned(), ..Stage::default() });
            }
            (_, text) => {
                let stage = stages.last_mut().unwrap();
                stage.shown.extend(text.lines().map(masked));
            }
        }
    }
    stages
}

/// Masks ids, measured times and rates; a table is as wide as before.
fn masked(line: &str) -> String {
    let is_id = |it: char| it.is_ascii_alphanumeric() || it == '-';
    let mut text = String::new();
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|it| !is_id(it)).unwrap_or(rest.len());
        let (word, others) = rest.split_at(end);
        let after = others.find(is_id).unwrap_or(others.len());
        text.push_str(match word.split_once('-') {
            Some((kind, id)) if id.len() == 17 && id.bytes().all(|it| it.is_ascii_hexdigit()) => {
                &word[..=kind.len()]
            }
            _ => word,
        });
        text.push_str(&others[..after]);
        rest = &others[after..];
    }
    mask(&text)
}

/// A reader at work.
struct Reader {
    here: Here,
    moto: Moto,
}

impl Reader {
    /// Runs commands on a terminal, as the tutorial has them set up.
    fn run(&self, commands: &str) -> Ran {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let program = Path::new(env!("CARGO_BIN_EXE_tidegate")).parent().unwrap();
        let path = [source.join("scripts"), program.to_owned()];
        let path = path.map(|it| format!("'{}':", it.display())).concat();
        let environment = self.moto.environment();
        let environment = environment.iter().map(|(name, value)| format!("export {name}={value}"));
        let mut lines = vec![
            "unset ${!AWS_*} ${!TIDEGATE_*}".to_owned(),
            "stty cols 160".to_owned(),
            format!("export PATH={path}\"$PATH\" HOME=\"$PWD/user\" TIDEGATE_LAKE=lake"),
        ];
        lines.extend(environment);
        lines.push(commands.to_owned());
        self.here.write("stage.sh", &lines.join("\n"));
        let output = Command::new("script")
            .args(["-qec", "bash -eu stage.sh", "/dev/null"])
            .current_dir(self.here.path("."))
            .env("TERM", "xterm-256color")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n");
        let stdout = anstream::adapter::strip_str(&shown).to_string().replace('\r', "\n");
        Ran { code: output.status.code().unwrap(), stdout, stderr: String::new() }
    }

    /// Does a stage, and asserts that what the tutorial shows came out.
    fn take(&self, stage: &Stage) -> Ran {
        let ran = self.run(&stage.commands);
        let lines: BTreeSet<String> = ran.stdout.lines().map(masked).collect();
        let came_out = |shown: &String| match shown.strip_suffix("...") {
            Some(begin) => lines.iter().any(|it| it.starts_with(begin)),
            None => lines.contains(shown),
        };
        let missing: Vec<&String> = stage.shown.iter().filter(|it| !came_out(it)).collect();
        assert!(
            ran.code != 0 || missing.is_empty(),
            "the tutorial shows {missing:#?}; what came out is\n{}",
            ran.stdout
        );
        ran
    }

    /// Returns what `inventory sync --save FOLDER` kept of a listing.
    fn saved(&self, folder: &str, listing: &str) -> Value {
        let path = format!("{folder}/123456789012/us-east-1/{listing}.json");
        serde_json::from_slice(&std::fs::read(self.here.path(&path)).unwrap()).unwrap()
    }

    /// Returns the ids of all rules that AWS told of.
    fn rule_ids(&self, folder: &str) -> BTreeSet<String> {
        let listing = self.saved(folder, "security-group-rules");
        let rules = listing["SecurityGroupRules"].as_array().unwrap();
        let ids = rules.iter().map(|it| it["SecurityGroupRuleId"].as_str().unwrap().to_owned());
        ids.collect()
    }

    /// Returns all that AWS told of groups and rules but the ids of rules, in an order of its own.
    fn description(&self, folder: &str) -> String {
        let listings = ["security-groups", "security-group-rules"];
        listings.map(|it| in_order(self.saved(folder, it)).to_string()).join("\n")
    }
}

/// Puts every list in order, and leaves out ids of rules.
fn in_order(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(in_order).collect();
            items.sort_by_cached_key(ToString::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => {
            let ids = ["SecurityGroupRuleId", "SecurityGroupRuleArn"];
            let fields = fields.into_iter().filter(|it| !ids.contains(&it.0.as_str()));
            Value::Object(fields.map(|(name, value)| (name, in_order(value))).collect())
        }
        other => other,
    }
}

/// Returns the ids of rules that a plan revokes.
fn revoked(plan: &Value) -> BTreeSet<String> {
    let steps = plan["steps"].as_array().unwrap().iter().filter(|it| it["action"] == "revoke");
    let rules = steps.flat_map(|it| it["rules"].as_array().unwrap());
    rules.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_tutorial_is_true() {
    let is_there = Command::new("script").arg("--version").stdout(Stdio::null()).status();
    if !is_there.is_ok_and(|it| it.success()) {
        return skipped("`script` of util-linux is not installed");
    }
    let Some(moto) = Moto::start() else { return };
    let reader = Reader { here: Here::new(), moto };
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tutorial = std::fs::read_to_string(source.join("docs/tutorial/refine.md")).unwrap();
    for (index, stage) in stages(&tutorial).iter().enumerate() {
        let ran = reader.take(stage);
        if index == 0 && ran.code == NO_BOTO3 {
            assert!(option_env!("CI").is_none(), "{}", ran.stdout);
            return skipped(&ran.stdout);
        }
        assert_eq!(ran.code, 0, "{}\n{}", stage.commands, ran.stdout);
    }

    let plan = std::fs::read(reader.here.path("plan.json")).unwrap();
    let gone = revoked(&serde_json::from_slice(&plan).unwrap());
    assert!(gone.len() >= 20 && gone.is_subset(&reader.rule_ids("before")), "{gone:?}");
    assert!(gone.is_disjoint(&reader.rule_ids("changed")), "rules are gone after the change");
    assert!(gone.is_disjoint(&reader.rule_ids("after")), "what comes back has other ids");
    let before = reader.description("before");
    assert!(before.contains("asked for by hand"), "{before}");
    assert_ne!(reader.description("changed"), before);
    assert_eq!(reader.description("after"), before);
}
