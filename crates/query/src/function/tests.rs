//! What each function returns, asked in SQL.

use arrow::util::display::array_value_to_string;
use datafusion::prelude::SessionContext;

use super::*;

/// Runs `SELECT {expression} FROM {table}` and returns its only value, or the first line of the error.
async fn answer(expression: &str, table: &str) -> String {
    let context = SessionContext::new();
    for (_, udf) in all() {
        context.register_udf(udf);
    }
    let run = async || {
        let frame = context.sql(&format!("SELECT {expression} FROM {table}")).await?;
        frame.collect().await
    };
    match run().await {
        Ok(batches) if batches[0].column(0).is_null(0) => "NULL".to_owned(),
        Ok(batches) => array_value_to_string(batches[0].column(0), 0).unwrap(),
        Err(error) => error.strip_backtrace().lines().next().unwrap().to_owned(),
    }
}

/// Asks each call with constants, with its last argument in a column, and with all of them in
/// columns, and compares what comes with what is expected.
fn check(cases: &[(&str, &str)]) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_stack_size(16 * 1024 * 1024)
        .build()
        .unwrap();
    let cases: Vec<(String, String)> =
        cases.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    let check_all = async move {
        for (call, expected) in cases {
            check_one(&call, &expected).await;
        }
    };
    runtime.block_on(async { tokio::spawn(check_all).await.unwrap() });
}

async fn check_one(call: &str, expected: &str) {
    let (name, arguments) = call.strip_suffix(')').unwrap().split_once('(').unwrap();
    let arguments: Vec<&str> = arguments.split(", ").collect();
    let columns: Vec<String> = (0..arguments.len()).map(|it| format!("c{it}")).collect();
    let table = format!("(VALUES ({})) AS one ({})", arguments.join(", "), columns.join(", "));
    assert_eq!(answer(call, &table).await, expected, "{call}");
    let mut mixed: Vec<&str> = arguments.clone();
    *mixed.last_mut().unwrap() = columns.last().unwrap();
    let mixed = format!("{name}({})", mixed.join(", "));
    assert_eq!(answer(&mixed, &table).await, expected, "{call} as {mixed}");
    if name != "time_bucket" {
        let all = format!("{name}({})", columns.join(", "));
        assert_eq!(answer(&all, &table).await, expected, "{call} as {all}");
    }
}

#[test]
fn cidr_contains_knows_both_families_and_gives_null_for_garbage() {
    check(&[
        ("cidr_contains('10.0.0.0/8', '10.255.0.1')", "true"),
        ("cidr_contains('10.0.0.0/8', '11.0.0.1')", "false"),
        ("cidr_contains('10.1.2.3/8', '10.9.9.9')", "true"),
        ("cidr_contains('0.0.0.0/0', '203.0.113.9')", "true"),
        ("cidr_contains('203.0.113.9', '203.0.113.9')", "true"),
        ("cidr_contains('203.0.113.9/32', '203.0.113.8')", "false"),
        ("cidr_contains('2001:db8::/32', '2001:db8:1::1')", "true"),
        ("cidr_contains('2001:db8::/32', '2001:db9::1')", "false"),
        ("cidr_contains('::/0', '10.0.0.1')", "false"),
        ("cidr_contains('10.0.0.0/8', '::1')", "false"),
        ("cidr_contains('10.0.0.0/8', '10.xx.0.1')", "NULL"),
        ("cidr_contains('10.0.0.0/8', NULL)", "NULL"),
        ("cidr_contains(NULL, '10.0.0.1')", "NULL"),
    ]);
}

#[tokio::test]
async fn a_block_in_the_query_that_is_none_is_an_error_and_one_in_a_column_is_null() {
    for text in ["10.0.0.0/33", "10.0.0.0/-1", "ten"] {
        let table = format!("(VALUES ('{text}', '10.0.0.1')) AS one (c0, c1)");
        let said = answer(&format!("cidr_contains('{text}', c1)"), &table).await;
        assert!(said.contains(&format!("`{text}` is no block of addresses")), "{said}");
        let split = format!("(SELECT nullif('{text}', c1) AS c0, c1 FROM {table}) AS two");
        assert_eq!(answer("cidr_contains(c0, c1)", &split).await, "NULL", "{text}");
    }
}

#[test]
fn is_private_is_what_the_internet_does_not_reach() {
    check(&[
        ("is_private('10.0.0.1')", "true"),
        ("is_private('172.16.0.1')", "true"),
        ("is_private('172.32.0.1')", "false"),
        ("is_private('192.168.255.255')", "true"),
        ("is_private('100.64.0.1')", "true"),
        ("is_private('100.128.0.1')", "false"),
        ("is_private('127.0.0.1')", "true"),
        ("is_private('169.254.169.254')", "true"),
        ("is_private('224.0.0.251')", "true"),
        ("is_private('8.8.8.8')", "false"),
        ("is_private('fd00::1')", "true"),
        ("is_private('fe80::1')", "true"),
        ("is_private('::1')", "true"),
        ("is_private('2600:1f18::1')", "false"),
        ("is_private('10.0.0')", "NULL"),
        ("is_private(NULL)", "NULL"),
    ]);
}

#[test]
fn ip_family_is_four_or_six() {
    check(&[
        ("ip_family('10.0.0.1')", "4"),
        ("ip_family('2001:db8::1')", "6"),
        ("ip_family('-')", "NULL"),
        ("ip_family(NULL)", "NULL"),
    ]);
}

#[test]
fn protocols_and_services_have_their_usual_names() {
    check(&[
        ("protocol_name(6)", "tcp"),
        ("protocol_name(17)", "udp"),
        ("protocol_name(58)", "ipv6-icmp"),
        ("protocol_name(254)", "NULL"),
        ("protocol_name(NULL)", "NULL"),
        ("service_name(443)", "https"),
        ("service_name(443, 17)", "quic"),
        ("service_name(514, 6)", "rsh"),
        ("service_name(514, 17)", "syslog"),
        ("service_name(53, 17)", "dns"),
        ("service_name(22, 17)", "NULL"),
        ("service_name(22, 1)", "NULL"),
        ("service_name(60000)", "NULL"),
        ("service_name(22, NULL)", "NULL"),
    ]);
}

#[test]
fn tcp_flags_are_named_and_unknown_bits_are_not_lost() {
    check(&[
        ("tcp_flags_text(0)", ""),
        ("tcp_flags_text(2)", "SYN"),
        ("tcp_flags_text(18)", "SYN|ACK"),
        ("tcp_flags_text(19)", "SYN|ACK|FIN"),
        ("tcp_flags_text(4)", "RST"),
        ("tcp_flags_text(258)", "SYN|256"),
        ("tcp_flags_text(NULL)", "NULL"),
    ]);
}

#[test]
fn time_bucket_starts_where_one_expects() {
    check(&[
        ("time_bucket('5 minutes', timestamp '2024-04-19T10:07:59')", "2024-04-19T10:05:00"),
        ("time_bucket(interval '1 hour', timestamp '2024-04-19T10:07:59')", "2024-04-19T10:00:00"),
        ("time_bucket('1 day', timestamp '1969-12-31T23:00:00')", "1969-12-31T00:00:00"),
        ("time_bucket('1 week', timestamp '2024-04-19T10:07:59')", "2024-04-15T00:00:00"),
        ("time_bucket('1 minute', 1713521279)", "1713521220"),
        ("time_bucket('1 minute', CAST(NULL AS TIMESTAMP))", "NULL"),
        ("time_bucket(NULL, timestamp '2024-04-19T10:07:59')", "NULL"),
        (
            "time_bucket('1 month', timestamp '2024-04-19T10:07:59')",
            "Execution error: time_bucket cannot count in months or years: use date_trunc",
        ),
        (
            "time_bucket('soon', timestamp '2024-04-19T10:07:59')",
            "Execution error: time_bucket cannot read the width `soon`: write it as '5 minutes' or '1 day'",
        ),
        (
            "time_bucket('0 seconds', timestamp '2024-04-19T10:07:59')",
            "Execution error: time_bucket needs a width of at least a microsecond, got 0 seconds",
        ),
    ]);
}

#[test]
fn epochs_dates_and_moments_are_read_and_written() {
    check(&[
        ("epoch_seconds(timestamp '2024-04-19T10:07:59.9')", "1713521279"),
        ("epoch_seconds(timestamp '1969-12-31T23:59:59.5')", "-1"),
        ("epoch_seconds(NULL)", "NULL"),
        ("date_text(date '2024-04-19')", "2024-04-19"),
        ("date_text(NULL)", "NULL"),
        ("from_iso8601_timestamp('2024-04-19T10:07:59+02:00')", "2024-04-19T08:07:59Z"),
        ("from_iso8601_timestamp(NULL)", "NULL"),
    ]);
}

#[test]
fn every_function_is_documented_once_under_its_own_name() {
    for (doc, udf) in all() {
        assert_eq!(doc.name, udf.name());
        assert!(doc.signature.starts_with(&format!("{}(", doc.name)), "{}", doc.signature);
        assert!(doc.example.contains(doc.name), "{}", doc.example);
    }
    let mut names: Vec<_> = function_docs().iter().map(|it| it.name).collect();
    assert_eq!(names.last(), Some(&"flow_logs"));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all().len() + 1);
}
