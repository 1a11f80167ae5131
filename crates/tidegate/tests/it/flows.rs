//! `tidegate flows` and `tidegate top`.

use crate::run::Here;

const WINDOW: [&str; 4] = ["--from", "2014-12-14", "--to", "2014-12-15"];

/// Runs a command on a lake with three records.
fn ask(here: &Here, arguments: &[&str]) -> String {
    here.run(&[arguments, &["--lake", "lake"]].concat()).shown()
}

#[test]
fn the_newest_records_come_first() {
    let here = Here::with_lake();
    insta::assert_snapshot!(ask(&here, &["flows", "--output", "table"]), @"
    exit 0
    --- stdout
    end                   direction  action  srcaddr        srcport  dstaddr       dstport  proto  bytes  packets  interface_id
    ────────────────────  ─────────  ──────  ─────────────  ───────  ────────────  ───────  ─────  ─────  ───────  ─────────────────────
    2015-05-10T18:02:14Z  NULL       NULL    NULL              NULL  NULL             NULL  NULL    NULL     NULL  eni-1235b8ca123456789
    2014-12-14T04:07:50Z  unknown    ACCEPT  172.31.16.139    20641  172.31.16.21       22  tcp     4249       20  eni-1235b8ca123456789
    2014-12-14T04:07:50Z  unknown    REJECT  172.31.9.69      49761  172.31.9.12      3389  tcp     4249       20  eni-1235b8ca123456789
    ");
    insta::assert_snapshot!(ask(&here, &["flows", "--limit", "1"]), @r#"
    exit 0
    --- stdout
    {"end":"2015-05-10T18:02:14Z","direction":null,"action":null,"srcaddr":null,"srcport":null,"dstaddr":null,"dstport":null,"proto":null,"bytes":null,"packets":null,"interface_id":"eni-1235b8ca123456789"}
    "#);
    insta::assert_snapshot!(
        ask(
            &here,
            &[
                "flows",
                "--oldest",
                "--columns",
                "start,dst,dst,proto,src-country-code",
                "srcaddr is not null",
            ],
        ),
        @r#"
        exit 0
        --- stdout
        {"start":"2014-12-14T04:06:50Z","dstaddr":"172.31.16.21","proto":"tcp","src_country_code":null}
        {"start":"2014-12-14T04:06:50Z","dstaddr":"172.31.9.12","proto":"tcp","src_country_code":null}
        "#
    );
}

#[test]
fn a_filter_and_a_window_choose_records() {
    let here = Here::with_lake();
    let n = |filter: &str| {
        let ran = here.run(&["flows", filter, "--lake", "lake", "--output", "csv"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stdout.lines().count() - 1
    };
    assert_eq!(n("action = REJECT and dstport in (22, 3389) and srcaddr in 172.16.0.0/12"), 1);
    assert_eq!(n("tcp"), 2);
    assert_eq!(n("not tcp"), 1);
    assert_eq!(n("tcp and not ssh"), 1);
    assert_eq!(n("log_status = NODATA"), 1);
    assert_eq!(n("172.31.16.0/24 or 172.31.9.69"), 2);
    // Without quotes, the words are joined.
    let words = ["flows", "action", "=", "REJECT", "--lake", "lake"];
    assert_eq!(here.run(&words).stdout.lines().count(), 1);
    let in_window = [&["flows", "--lake", "lake"], &WINDOW[..]].concat();
    assert_eq!(here.run(&in_window).stdout.lines().count(), 2);
}

#[test]
fn the_query_is_told_and_gives_the_same_rows() {
    let here = Here::with_lake();
    let asked = [&["flows", "client_addr = 172.31.9.69 or 3389", "--sql"], &WINDOW[..]].concat();
    let told = here.run(&asked);
    insta::assert_snapshot!(told.shown(), @r#"
    exit 0
    --- stdout
    SELECT "end", direction, action, srcaddr, srcport, dstaddr, dstport, coalesce(protocol_name(protocol), CAST(protocol AS VARCHAR)) AS proto, bytes, packets, interface_id
    FROM flows
    WHERE "end" >= TIMESTAMP '2014-12-14T00:00:00Z' AND "end" < TIMESTAMP '2014-12-15T00:00:00Z'
      AND ((((initiator = 'src' AND (pkt_srcaddr = '172.31.9.69' OR (pkt_srcaddr IS NULL AND srcaddr = '172.31.9.69'))) OR (initiator = 'dst' AND (pkt_dstaddr = '172.31.9.69' OR (pkt_dstaddr IS NULL AND dstaddr = '172.31.9.69')))) OR (srcport = 3389 OR dstport = 3389)))
    ORDER BY "end" DESC, start, interface_id, srcaddr, dstaddr, srcport, dstport, protocol, action, packets, bytes, direction LIMIT 100
    "#);
    let rows = here.run(&["sql", &told.stdout, "--lake", "lake"]).stdout;
    let flows: Vec<&str> = asked.iter().copied().filter(|it| *it != "--sql").collect();
    assert_eq!(rows.lines().count(), 1);
    assert_eq!(here.run(&[&flows[..], &["--lake", "lake"]].concat()).stdout, rows);
}

#[test]
fn a_window_is_given_in_words_and_within_what_can_be_asked_for() {
    let here = Here::with_lake();
    let none = ["flows", "--from", "yesterday 18:00", "--to", "now", "--lake", "lake"];
    assert_eq!(here.run(&none).shown(), "exit 0");
    for (option, time) in [("--from", "1600-01-01"), ("--to", "2300-01-01T00:00Z")] {
        for command in [&["flows"][..], &["top", "srcaddr"]] {
            let ran = here.run(&[command, &[option, time, "--lake", "lake"]].concat());
            assert_eq!(
                ran.shown(),
                format!(
                    "exit 2\n--- stderr\nerror: invalid value '{time}' for '{option} <TIME>': only \
                     years from 1970 to 2261 can be asked for\n\nFor more information, try '--help'."
                )
            );
        }
    }
    insta::assert_snapshot!(ask(&here, &["flows", "end < 9999-12-31T00:00:00Z"]), @"
    exit 2
    --- stderr
    error: cannot read the filter
      |
    1 | end < 9999-12-31T00:00:00Z
      |       ^^^^^^^^^^^^^^^^^^^^ `end` is `9999-12-31T00:00:00Z`, and only years from 1970 to 2261 can be asked for
      |

    hint: leave the comparison out, or write a time nearer to now
    ");
    let columns = ["flows", "tcp", "--columns", "dstaddr,dst_is_private", "--limit", "1"];
    insta::assert_snapshot!(ask(&here, &columns), @r#"
    exit 0
    --- stdout
    {"dstaddr":"172.31.16.21","dst_is_private":true}
    "#);
}

#[test]
fn a_mistake_is_told_with_its_place() {
    let here = Here::new();
    let ask = |arguments: &[&str]| here.run(arguments).shown();
    insta::assert_snapshot!(ask(&["flows", "action = REJCT and dstport = 22"]), @"
    exit 2
    --- stderr
    error: cannot read the filter
      |
    1 | action = REJCT and dstport = 22
      |          ^^^^^ `action` is `ACCEPT` or `REJECT`
      |

    hint: did you mean `REJECT`?
    ");
    insta::assert_snapshot!(ask(&["top", "srcaddr", "tcp and (udp"]), @"
    exit 2
    --- stderr
    error: cannot read the filter
      |
    1 | tcp and (udp
      |         ^ this `(` has no `)`
      |

    hint: `tidegate flows --help` has examples
    ");
    insta::assert_snapshot!(ask(&["flows", "--columns", "srcadr"]), @"
    exit 2
    --- stderr
    error: there is no column `srcadr`

    hint: did you mean `srcaddr`?
    ");
    insta::assert_snapshot!(ask(&["flows", "--columns", "country"]), @"
    exit 2
    --- stderr
    error: `country` stands for several columns

    hint: name one of them: src_country_code, dst_country_code, src_country_name, dst_country_name
    ");
    insta::assert_snapshot!(ask(&["flows", "--from", "2026-03-02", "--to", "2026-03-01"]), @"
    exit 2
    --- stderr
    error: the window ends at 2026-03-01T00:00:00Z, and begins only at 2026-03-02T00:00:00Z

    hint: give an earlier `--from` or a later `--to`
    ");
    insta::assert_snapshot!(ask(&["top", "addr"]), @"
    exit 2
    --- stderr
    error: `addr` is nothing to group by

    hint: name one of its columns: srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr
    ");
    insta::assert_snapshot!(ask(&["top", "srcaddr", "--by", "bites"]), @"
    exit 2
    --- stderr
    error: invalid value 'bites' for '--by <METRIC>': write bytes, packets, flows or connections

    For more information, try '--help'.
    ");
    insta::assert_snapshot!(ask(&["top", "srcaddr", "--limit", "0"]), @"
    exit 2
    --- stderr
    error: `--limit 0` is not from 1 to 1000

    hint: `tidegate sql` has no limit: begin with `--sql`
    ");
}

#[test]
fn what_comes_to_most_is_told_with_all_the_rest() {
    let here = Here::with_lake();
    insta::assert_snapshot!(ask(&here, &["top", "action,dstport", "--output", "table"]), @"
    exit 0
    --- stdout
    action  dstport  bytes  share
    ──────  ───────  ─────  ─────
    ACCEPT       22   4249    0.5
    REJECT     3389   4249    0.5
    NULL       NULL      0    0.0
    --- stderr
    all groups are shown: [N] bytes
    ");
    insta::assert_snapshot!(ask(&here, &["top", "protocol", "tcp", "--by", "packets"]), @r#"
    exit 0
    --- stdout
    {"protocol":6,"packets":40,"share":1.0}
    --- stderr
    all groups are shown: 40 packets
    "#);
    insta::assert_snapshot!(ask(&here, &["top", "srcaddr", "--by", "flows", "--limit", "1"]), @r#"
    exit 0
    --- stdout
    {"srcaddr":"172.31.16.139","flows":1,"share":0.3333}
    --- stderr
    2 other groups come to 2 of 3 flows
    "#);
    insta::assert_snapshot!(ask(&here, &["top", "dst", "udp", "--output", "table"]), @"
    exit 0
    --- stdout
    dstaddr  bytes  share
    ───────  ─────  ─────
    (no rows)
    --- stderr
    all groups are shown: [N] bytes
    ");
    let asked = [&["top", "dstport", "REJECT", "--by", "flows", "--sql"], &WINDOW[..]].concat();
    insta::assert_snapshot!(here.run(&asked).shown(), @r#"
    exit 0
    --- stdout
    SELECT dstport, count(*) AS flows
    FROM flows
    WHERE "end" >= TIMESTAMP '2014-12-14T00:00:00Z' AND "end" < TIMESTAMP '2014-12-15T00:00:00Z'
      AND (action = 'REJECT')
    GROUP BY 1
    ORDER BY 2 DESC, 1 LIMIT 10
    "#);
}
