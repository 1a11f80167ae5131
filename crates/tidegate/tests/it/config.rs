//! Settings: precedence, origins, errors.

use crate::run::{Here, Ran};

fn origin(ran: &Ran, key: &str) -> String {
    let rows: Vec<serde_json::Value> = serde_json::from_str(&ran.stdout).unwrap();
    let row = rows.iter().find(|it| it["setting"] == key).unwrap();
    format!("{} ({})", row["value"].as_str().unwrap_or("none"), row["origin"].as_str().unwrap())
}

#[test]
fn a_flag_beats_a_variable_beats_the_file_beats_the_default() {
    let here = Here::new();
    let show = ["config", "show", "--output", "json"];
    let lake = |ran: Ran| origin(&ran, "lake");
    assert_eq!(lake(here.run(&show)), "[HERE]/user/.local/share/tidegate/lake (default)");
    here.write("user/.config/tidegate/config.toml", "lake = 'own'\n");
    assert_eq!(lake(here.run(&show)), "own ([HERE]/user/.config/tidegate/config.toml, line 1)");
    here.write("tidegate.toml", "\n# the team's\nlake = 'team'\n[sql]\nrows_max = 7\n");
    assert_eq!(lake(here.run(&show)), "team (tidegate.toml, line 3)");
    assert_eq!(origin(&here.run(&show), "sql.rows_max"), "7 (tidegate.toml, line 5)");
    let variables = [("TIDEGATE_LAKE", "s3://acme/lake"), ("TIDEGATE_SQL_ROWS_MAX", "8")];
    let ran = here.run_with(&variables, &show);
    assert_eq!(lake(ran), "s3://acme/lake (environment, TIDEGATE_LAKE)");
    let ran = here.run_with(&variables, &[&show[..], &["--lake", "x"]].concat());
    assert_eq!(origin(&ran, "sql.rows_max"), "8 (environment, TIDEGATE_SQL_ROWS_MAX)");
    assert_eq!(lake(ran), "x (flag)");
    let ran = here.run_with(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:5000")], &show);
    let expected = "http://127.0.0.1:5000 (environment, AWS_ENDPOINT_URL)";
    assert_eq!(origin(&ran, "aws.endpoint_url"), expected);
}

#[test]
fn what_is_wrong_with_the_settings_is_said_with_its_place() {
    let here = Here::new();
    here.write("t.toml", "[collect]\nmemory_maxx = '1GiB'\n");
    insta::assert_snapshot!(here.run(&["config", "check", "--config", "t.toml"]).shown(), @"
    exit 2
    --- stderr
    error: there is no setting `collect.memory_maxx` (t.toml, line 2)

    hint: did you mean `collect.memory_max`?
    ");
    here.write("t.toml", "color = 'sometimes'\n");
    insta::assert_snapshot!(here.run(&["config", "check", "--config", "t.toml"]).shown(), @"
    exit 2
    --- stderr
    error: `sometimes` is not a value for the setting `color` (t.toml, line 1): write one of auto, always, never

    hint: `tidegate config show` lists every setting with its value
    ");
    let ran = here.run_with(&[("TIDEGATE_THREADS", "many")], &["schema"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: `many` is not a value for the setting `threads` (environment, TIDEGATE_THREADS): invalid digit found in string

    hint: `tidegate config show` lists every setting with its value
    ");
    let ran = here.run_with(&[("TIDEGATE_LAEK", "x")], &["config", "check"]);
    insta::assert_snapshot!(ran.shown(), @"
    exit 2
    --- stderr
    error: no setting has the variable `TIDEGATE_LAEK`

    hint: did you mean `TIDEGATE_LAKE`?
    ");
    insta::assert_snapshot!(here.run(&["config", "path", "--config", "none.toml"]).shown(), @"
    exit 2
    --- stderr
    error: cannot read the settings in `none.toml`
      caused by: No such file or directory (os error 2)
    ");
}

#[test]
fn good_settings_are_good_and_paths_are_listed() {
    let here = Here::new();
    here.write("tidegate.toml", "quiet = true\nlake = '~/lake'\n");
    insta::assert_snapshot!(here.run(&["config", "check"]).shown(), @"
    exit 0
    --- stdout
    the settings in `tidegate.toml` are good
    ");
    insta::assert_snapshot!(here.run(&["config", "path", "--output", "csv"]).shown(), @"
    exit 0
    --- stdout
    what,path
    settings,tidegate.toml
    lake,[HERE]/user/lake
    demo,[HERE]/user/.local/state/tidegate/demo
    history,[HERE]/user/.local/state/tidegate/history.sql
    cache,[HERE]/user/.cache/tidegate
    ");
}
