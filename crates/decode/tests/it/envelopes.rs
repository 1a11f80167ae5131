//! JSON around lines: `CloudWatch` Logs subscriptions and Firehose deliveries.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use insta::assert_snapshot;

use crate::containers::check_stream;
use crate::support::{V2, check, check_as, gzip};

/// Returns a Firehose record of a NODATA line of interface `eni`.
fn nodata(eni: &str) -> String {
    format!(r#"{{"message":"2 1 {eni} - - - - - - - 10 20 - NODATA"}}"#)
}

fn row(eni: &str) -> String {
    format!(
        "version=2 account_id=1 interface_id={eni} start=10000000 end=20000000 log_status=NODATA\n"
    )
}

/// Asserts that the object has the NODATA lines of these interfaces and nothing else.
fn assert_nodata(object: &str, interfaces: &[&str]) {
    let rows: String = interfaces.iter().map(|it| row(it)).collect();
    let n = interfaces.len();
    let expected =
        format!("{rows}read {n} = ok 0 + nodata {n} + skipdata 0 + bad 0; headers 0, control 0");
    assert_eq!(check(object), expected, "{object}");
    assert_eq!(check(gzip(object.as_bytes())), expected, "{object}");
    for n_piece in [1, 5, 1_000] {
        assert_eq!(check_stream(object.as_bytes(), n_piece), expected, "{object}");
    }
}

#[test]
fn firehose_records_follow_each_other_in_every_way() {
    let (a, b) = (nodata("eni-a"), nodata("eni-b"));
    for object in [
        format!("{a}{b}"),
        format!("{a}\n{b}\n"),
        format!("[{a},{b}]"),
        format!("[\n  {a},\n  {b}\n]\n"),
        format!("\n\n {a}\r\n{b}"),
        format!("\u{feff}{a}{b}"),
        a.replace(':', " :\n ") + &b.replace("message", "mess\\u0061ge"),
    ] {
        assert_nodata(&object, &["eni-a", "eni-b"]);
    }
}

#[test]
fn a_broken_record_costs_no_neighbour() {
    let (a, b, c) = (nodata("eni-a"), nodata("eni-b"), nodata("eni-c"));
    let no_quote = a.replace("\"}", "}");
    let no_brace = a.replace('}', "");
    for broken in [
        no_quote.clone() + "\n",
        no_brace.clone() + "\n",
        "garbage\n".to_owned(),
        "{}".to_owned(),
        r#"{"message":7}"#.to_owned(),
    ] {
        let rendered = check(format!("{b}\n{broken}{c}"));
        assert!(
            rendered.starts_with(&format!("{}{}bad 2: ", row("eni-b"), row("eni-c"))),
            "{rendered}"
        );
        assert!(rendered.contains("read 3 = ok 0 + nodata 2 + skipdata 0 + bad 1"), "{rendered}");
    }
    let rendered = check(format!("{b}{no_quote}{c}"));
    assert!(
        rendered.starts_with(&format!("{}{}bad 2: ", row("eni-b"), row("eni-c"))),
        "{rendered}"
    );
    let rendered = check(format!("{b}{no_brace}"));
    assert!(rendered.contains("read 2 = ok 0 + nodata 1 + skipdata 0 + bad 1"), "{rendered}");
}

const SUBSCRIPTION: &str = r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"eni-a-all","subscriptionFilters":["f"],"logEvents":[EVENTS]}"#;

fn subscription(events: &str) -> String {
    SUBSCRIPTION.replace("EVENTS", events)
}

fn event(eni: &str) -> String {
    let message = nodata(eni);
    format!(
        r#"{{"id":"37976342262953223179038144714945888722564951965555163136","timestamp":10000,{}"#,
        &message[1..]
    )
}

#[test]
fn a_subscription_holds_events_whatever_their_ids_are() {
    let (a, b) = (event("eni-a"), event("eni-b"));
    let b = b.replace("\"id\":\"", "\"id\":").replace("136\",", "136,");
    assert_nodata(&subscription(&format!("{a},{b}")), &["eni-a", "eni-b"]);
    assert_nodata(&(subscription(&a) + &subscription(&b)), &["eni-a", "eni-b"]);
    let extracted = a.replace("\"}", r#"","extractedFields":{"eni":"eni-a","version":"2"}}"#);
    assert_nodata(&subscription(&extracted), &["eni-a"]);
    assert_nodata(&subscription(""), &[]);
}

#[test]
fn a_control_message_is_dropped_and_counted() {
    let control = subscription(r#"{"id":"1","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}"#)
        .replace("DATA_MESSAGE", "CONTROL_MESSAGE");
    assert_snapshot!(check(control.clone() + &subscription(&event("eni-a")) + &control), @"
    version=2 account_id=1 interface_id=eni-a start=10000000 end=20000000 log_status=NODATA
    read 1 = ok 0 + nodata 1 + skipdata 0 + bad 0; headers 0, control 2
    ");
}

#[test]
fn a_function_gets_its_events_packed() {
    let packed = STANDARD.encode(gzip(subscription(&event("eni-a")).as_bytes()));
    let object = format!(r#"{{"awslogs":{{"data":"{packed}"}}}}"#);
    assert_nodata(&object, &["eni-a"]);
    let twice = STANDARD.encode(gzip(object.as_bytes()));
    let twice = format!(r#"{{"awslogs":{{"data":"{twice}"}}}}"#);
    assert!(check(&twice).starts_with("bad 1: `awslogs` inside `awslogs`"), "{}", check(&twice));
    assert!(
        check(r#"{"awslogs":{"data":"***"}}"#).starts_with("bad 1: `awslogs.data` is no base64")
    );
    assert!(
        check(r#"{"awslogs":{"data":"aGVsbG8="}}"#).starts_with("bad 1: `awslogs.data` is no gzip")
    );
}

#[test]
fn fields_stand_in_for_a_message_that_is_not_there() {
    let events = [
        r#"{"extractedFields":{"account_id":"1","srcaddr":"10.0.0.1","bytes":"7","eni":"eni-a","end":"-","$9":"x"}}"#,
        r#"{"message":null,"extractedFields":{"account_id":"2","srcaddr":null,"bytes":"","eni":"eni-b","end":"20"}}"#,
        r#"{"extractedFields":{"account_id":"3","srcaddr":"10 0","bytes":"7"}}"#,
        r#"{"extractedFields":{"eni":"eni-c"}}"#,
        r#"{"extractedFields":{}}"#,
        r#"{"message":[1,{"a":2}]}"#,
        r#"{"message":"  "}"#,
        r#"{"extractedFields":{"account_id":"4","bytes":"many"}}"#,
        r#"{"message":"2 1 eni-z - - - - - - - 10 20 - NODATA"}"#,
    ];
    assert_snapshot!(check(subscription(&events.join(","))), @"
    account_id=1 srcaddr=10.0.0.1 bytes=7 extra={eni: eni-a}
    account_id=2 end=20000000 extra={eni: eni-b}
    version=2 account_id=1 interface_id=eni-z start=10000000 end=20000000 log_status=NODATA
    bad 3: the event's `srcaddr` is several words | account_id=3 bytes=7 srcaddr=10 0
    bad 4: the event has no message, and no name of its fields is known | eni=eni-c
    bad 5: the event has no `message` | 
    bad 6: the event's `message` is no text | 
    bad 7: the message is empty | 
    bad 8: `bytes` is `many`, not a whole number | 4 many
    read 9 = ok 2 + nodata 1 + skipdata 0 + bad 6; headers 0, control 0
    ");
}

#[test]
fn messages_take_the_format_that_is_given_or_their_own_header() {
    let object = r#"{"message":"10.0.0.1 1"}{"message":"10.0.0.2 2\n"}"#;
    assert_snapshot!(check_as("srcaddr bytes", object), @"
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.2 bytes=2
    read 2 = ok 2 + nodata 0 + skipdata 0 + bad 0; headers 0, control 0
    ");
    assert!(check(object).contains("give the format with --log-format"));
    let with_header = format!(r#"{{"message":"srcaddr bytes"}}{object}{{"message":"{V2}"}}"#);
    assert_snapshot!(check(with_header), @"
    srcaddr=10.0.0.1 bytes=1
    srcaddr=10.0.0.2 bytes=2
    bad 4: 14 fields, the format has 2 | 2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK
    read 3 = ok 2 + nodata 0 + skipdata 0 + bad 1; headers 1, control 0
    ");
}

#[test]
fn json_that_is_no_flow_log_is_bad() {
    assert_snapshot!(check(r#"{"Records":[{"s3":{}}]}"#), @r#"
    bad 1: JSON without `message`, `logEvents` or `awslogs` is no flow log | {\"Records\":[{\"s3\":{}}]}
    read 1 = ok 0 + nodata 0 + skipdata 0 + bad 1; headers 0, control 0
    "#);
    assert!(
        check(r#"{"messageType":"NEW","logEvents":[]}"#)
            .starts_with("bad 1: the `messageType` `NEW` is neither")
    );
    assert!(check(r#"{"a":"#).starts_with("bad 1: not a JSON document"));
    assert!(check("[1,2]").starts_with("bad 1: not a JSON document"));
    assert!(check("{").starts_with("bad 1: not a JSON document"));
}
