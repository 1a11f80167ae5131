//! The four statements that people have from how-tos, unchanged.

use insta::assert_snapshot;

use crate::world::{ask, cells, on_runtime, six};

const CREATE: &str = r#"CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs_raw (version int, account string, interfaceid string, sourceaddress string,
  destinationaddress string, sourceport int, destinationport int, protocol int, numpackets int, numbytes bigint, starttime int,
  endtime int, action string, logstatus string) PARTITIONED BY (dt string) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
  LOCATION 's3://example_bucket/prefix/AWSLogs/123456789012/vpcflowlogs/us-east-1/' TBLPROPERTIES ("skip.header.line.count"="1");"#;

const REMOTE: &str = "SELECT * FROM vpc_flow_logs WHERE sourceport in (22,3389) OR destinationport IN (22, 3389) ORDER BY starttime ASC";

const TALKERS: &str = "SELECT ip, sum(bytes) as total_bytes FROM (SELECT destinationaddress as ip, sum(numbytes) as bytes FROM vpc_flow_logs GROUP BY 1
  UNION ALL SELECT sourceaddress as ip, sum(numbytes) as bytes FROM vpc_flow_logs GROUP BY 1) GROUP BY ip ORDER BY total_bytes DESC LIMIT 10";

const HTTPS: &str = "SELECT SUM(numpackets) AS packetcount, destinationaddress FROM vpc_flow_logs WHERE destinationport = 443
  AND date > current_date - interval '7' day GROUP BY destinationaddress ORDER BY packetcount DESC LIMIT 10";

/// Asks a lake with six records.
fn check(sql: &'static str) -> String {
    on_runtime(async move {
        let (_folder, engine) = six().await;
        ask(&engine, sql).await
    })
}

#[test]
fn the_table_is_made_without_a_look_at_its_bucket() {
    let said = on_runtime(async {
        let (_folder, engine) = six().await;
        let made = ask(&engine, CREATE).await;
        let again = ask(&engine, CREATE).await;
        let not_asked = ask(&engine, &CREATE.replace(" IF NOT EXISTS", "")).await;
        let of_view = ask(&engine, &CREATE.replace("vpc_flow_logs_raw", "vpc_flow_logs")).await;
        let read = ask(&engine, "SELECT count(*) FROM vpc_flow_logs_raw").await;
        let shown = cells(&engine, "SHOW TABLES").await;
        let dropped = ask(&engine, "DROP TABLE vpc_flow_logs_raw").await;
        [made, again, not_asked, of_view, read, shown, dropped].join("\n")
    });
    assert_snapshot!(said, @r"
    table `vpc_flow_logs_raw` reads s3://example_bucket/prefix/AWSLogs/123456789012/vpcflowlogs/us-east-1/ in place
    `vpc_flow_logs_raw` already exists as a table here; left as it is
    usage: `vpc_flow_logs_raw` already exists as a table here; hint: take another name, or say `IF NOT EXISTS` to leave it as it is
    `vpc_flow_logs` already exists as a view here; left as it is
    error: cannot open `s3://example_bucket/prefix/AWSLogs/123456789012/vpcflowlogs/us-east-1/`: there is no network in tests
    flow_logs|BASE TABLE
    flow_summaries|BASE TABLE
    flows|BASE TABLE
    functions|BASE TABLE
    instances|BASE TABLE
    interfaces|BASE TABLE
    nat_gateways|BASE TABLE
    objects|BASE TABLE
    prefix_lists|BASE TABLE
    security_group_references|BASE TABLE
    security_group_rules|BASE TABLE
    security_groups|BASE TABLE
    subnets|BASE TABLE
    vpc_flow_logs|VIEW
    vpc_flow_logs_raw|BASE TABLE
    vpcs|BASE TABLE
    table `vpc_flow_logs_raw` dropped
    ");
}

#[test]
fn ssh_and_rdp_rows_come_with_all_columns() {
    assert_snapshot!(check(REMOTE), @r"
    +---------+--------------+-------------+---------------+--------------------+------------+-----------------+----------+------------+----------+------------+------------+--------+-----------+------------+------------+
    | version | account      | interfaceid | sourceaddress | destinationaddress | sourceport | destinationport | protocol | numpackets | numbytes | starttime  | endtime    | action | logstatus | dt         | date       |
    +---------+--------------+-------------+---------------+--------------------+------------+-----------------+----------+------------+----------+------------+------------+--------+-----------+------------+------------+
    | 2       | 123456789012 | eni-1       | 198.51.100.7  | 10.0.0.5           | 51000      | 22              | 6        | 1          | 40       | 1713528000 | 1713528005 | REJECT | OK        | 2024-04-19 | 2024-04-19 |
    | 2       | 123456789012 | eni-2       | 198.51.100.7  | 10.0.0.6           | 51001      | 3389            | 6        | 2          | 80       | 1713528010 | 1713528015 | REJECT | OK        | 2024-04-19 | 2024-04-19 |
    +---------+--------------+-------------+---------------+--------------------+------------+-----------------+----------+------------+----------+------------+------------+--------+-----------+------------+------------+
    ");
}

#[test]
fn top_talkers_count_both_ways() {
    // Which of two addresses with the same total comes first is not said: take one of them out.
    let answer: Vec<String> = check(TALKERS).lines().map(str::to_owned).collect();
    let is_kept = |it: &&String| !it.contains("2001:db8::2");
    let answer = answer.iter().filter(is_kept).cloned().collect::<Vec<_>>().join("\n");
    assert_snapshot!(answer, @r"
    +--------------+-------------+
    | ip           | total_bytes |
    +--------------+-------------+
    | 10.0.0.5     | 95040       |
    | 203.0.113.9  | 95000       |
    | 2001:db8::1  | 300         |
    | 198.51.100.7 | 120         |
    | 10.0.0.6     | 80          |
    |              |             |
    +--------------+-------------+
    ");
}

#[test]
fn https_packets_of_the_last_week() {
    // The records are of April 2024: none is of the last seven days, whenever this runs.
    assert_snapshot!(check(HTTPS), @r"
    +-------------+--------------------+
    | packetcount | destinationaddress |
    +-------------+--------------------+
    +-------------+--------------------+
    ");
    let of_then = HTTPS.replace("current_date", "date '2024-04-21'");
    let answer = on_runtime(async move {
        let (_folder, engine) = six().await;
        ask(&engine, &of_then).await
    });
    assert_snapshot!(answer, @r"
    +-------------+--------------------+
    | packetcount | destinationaddress |
    +-------------+--------------------+
    | 10          | 203.0.113.9        |
    +-------------+--------------------+
    ");
}

#[test]
fn the_columns_of_the_view_have_the_types_of_the_how_to() {
    assert_snapshot!(check("DESCRIBE vpc_flow_logs"), @r"
    +--------------------+-----------+-------------+
    | column_name        | data_type | is_nullable |
    +--------------------+-----------+-------------+
    | version            | Int32     | YES         |
    | account            | Utf8View  | YES         |
    | interfaceid        | Utf8View  | YES         |
    | sourceaddress      | Utf8View  | YES         |
    | destinationaddress | Utf8View  | YES         |
    | sourceport         | Int32     | YES         |
    | destinationport    | Int32     | YES         |
    | protocol           | Int32     | YES         |
    | numpackets         | Int64     | YES         |
    | numbytes           | Int64     | YES         |
    | starttime          | Int64     | YES         |
    | endtime            | Int64     | YES         |
    | action             | Utf8View  | YES         |
    | logstatus          | Utf8View  | YES         |
    | dt                 | Utf8View  | YES         |
    | date               | Date32    | YES         |
    +--------------------+-----------+-------------+
    ");
}
