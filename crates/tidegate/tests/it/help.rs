//! The help, and what needs no lake.

use crate::run::Here;

/// Lines of the smallest screen that is cared for.
const SCREEN_LINES: usize = 40;

const COMMANDS: [&[&str]; 19] = [
    &[],
    &["demo"],
    &["collect"],
    &["flows"],
    &["top"],
    &["serve"],
    &["sql"],
    &["inventory"],
    &["inventory", "import"],
    &["audit"],
    &["setup"],
    &["setup", "flow-logs"],
    &["lake"],
    &["lake", "expire"],
    &["generate"],
    &["schema"],
    &["config"],
    &["completions"],
    &["man"],
];

#[test]
fn the_short_help_of_every_command_fits_one_screen() {
    let here = Here::new();
    for command in COMMANDS {
        let ran = here.run(&[command, &["-h"]].concat());
        assert_eq!(ran.code, 0);
        let n_lines = ran.stdout.lines().count();
        assert!(n_lines <= SCREEN_LINES, "{command:?}: {n_lines} lines");
    }
}

#[test]
fn the_long_help_has_examples_that_name_the_command() {
    let here = Here::new();
    for command in COMMANDS.iter().filter(|it| it.len() < 2) {
        let ran = here.run(&[command, &["--help"][..]].concat());
        let (_, examples) = ran.stdout.split_once("Examples:").unwrap();
        let example = [&["tidegate"], *command].concat().join(" ");
        assert!(examples.contains(&example), "{command:?}");
    }
}

#[test]
fn the_program_alone_says_what_to_do_next() {
    let ran = Here::new().run(&[]);
    assert_eq!(ran.code, 0);
    assert_eq!(
        ran.stdout.lines().next().unwrap(),
        "Run `tidegate demo` to see it at work on a synthetic network, or `tidegate collect PATH` \
         to read your own logs."
    );
}

#[test]
fn what_cannot_be_typed_is_a_usage_error() {
    let here = Here::new();
    insta::assert_snapshot!(here.run(&["colect"]).shown(), @"
    exit 2
    --- stderr
    error: unrecognized subcommand 'colect'

      tip: some similar subcommands exist: 'completions', 'collect'

    Usage: tidegate [OPTIONS] [COMMAND]

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(here.run(&["collect", "x", "--from", "tomorrow"]).shown(), @"
    exit 2
    --- stderr
    error: invalid value 'tomorrow' for '--from <TIME>': write a date (2026-03-02), a time (2026-03-02T10:00Z), a span back from now (-7d, -90m), `now`, `today`, `yesterday` or `yesterday 18:00`

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(here.run(&["--threads", "0", "schema"]).shown(), @"
    exit 2
    --- stderr
    error: invalid value '0' for '--threads <N>': 0 is not in 1..=1024

    For more information, try '--help'.
    ");
}

#[test]
fn every_shell_has_completions_and_every_command_a_manual_page() {
    let here = Here::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = here.run(&["completions", shell]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(ran.stdout.contains("replay-dead-letters"), "{shell}");
    }
    assert!(here.run(&["man"]).stdout.contains(".TH tidegate 1"));
    assert_eq!(here.run(&["man", "--out", "pages"]).code, 0);
    for page in ["tidegate.1", "tidegate-collect.1", "tidegate-sql.1", "tidegate-lake-expire.1"] {
        assert!(here.path("pages").join(page).is_file(), "{page}");
    }
}

#[test]
fn the_schema_has_every_column_and_the_functions() {
    let here = Here::new();
    let columns = here.run(&["schema", "--output", "csv"]).stdout;
    assert!(columns.starts_with("column,type,unit,since,doc\nversion,int,,v2,"), "{columns}");
    assert!(columns.contains("\nbytes,bigint,bytes,v2,"));
    assert!(columns.contains("\ntgw_id,text,,v6 tgw,"));
    assert_eq!(columns.lines().count(), 1 + tidegate_model::field::FIELDS.len() + 2);
    let functions = here.run(&["schema", "functions"]).stdout;
    assert!(functions.contains("cidr_contains("), "{functions}");
}
