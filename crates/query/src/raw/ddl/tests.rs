//! Statements as they stand in how-tos.

use super::*;

fn check(sql: &str) -> String {
    match parse(sql) {
        Ok(None) => "not ours".to_owned(),
        Ok(Some(Statement::Partitions { name })) => format!("partitions of {name}"),
        Ok(Some(Statement::Create(it))) => {
            let columns: Vec<String> =
                it.columns.iter().map(|it| format!("{} {}", it.name(), it.data_type())).collect();
            format!(
                "{}{} ({}) by {:?} {:?} at {}",
                it.name,
                if it.is_if_not_exists { "?" } else { "" },
                columns.join(", "),
                it.partitions.names(),
                it.storage,
                it.location
            )
        }
        Err(error) => {
            format!("{error}{}", error.hint().map_or(String::new(), |it| format!(" ({it})")))
        }
    }
}

#[test]
fn the_statement_of_the_how_to_makes_a_table_over_text() {
    insta::assert_snapshot!(check(r#"
        CREATE EXTERNAL TABLE IF NOT EXISTS `default`.`Vpc_Flow_Logs` (version int, account string,
          starttime bigint COMMENT 'when', `end` varchar(20))
        COMMENT 'flow logs'
        PARTITIONED BY (`date` date) ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
        LOCATION 's3://b/AWSLogs/1/vpcflowlogs/us-east-1/' TBLPROPERTIES ("skip.header.line.count"="1");
    "#), @r#"vpc_flow_logs? (version Int32, account Utf8View, starttime Int64, end Utf8View) by ["date"] Text { delimiter: 32, n_header_lines: 1 } at s3://b/AWSLogs/1/vpcflowlogs/us-east-1/"#);
}

#[test]
fn parquet_and_lazy_serdes_are_known() {
    insta::assert_snapshot!(check(r"
        CREATE EXTERNAL TABLE t (srcaddr string) PARTITIONED BY (region string)
        ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
        STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat'
        OUTPUTFORMAT 'x' LOCATION '/logs' TBLPROPERTIES ('projection.enabled'='true', 'a'='b')
    "), @r#"t (srcaddr Utf8View) by ["region"] Parquet at /logs"#);
    insta::assert_snapshot!(check(r"
        CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE
        'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe' WITH SERDEPROPERTIES ('field.delim'='\t')
        STORED AS TEXTFILE LOCATION '/logs'
    "), @r#"t (a Int32) by [] Text { delimiter: 9, n_header_lines: 0 } at /logs"#);
}

#[test]
fn what_is_not_ours_is_left_to_the_engine() {
    for sql in [
        "select 1",
        "CREATE EXTERNAL TABLE t STORED AS PARQUET LOCATION 'x.parquet'",
        "CREATE TABLE t (a int)",
        "ALTER TABLE t RENAME TO u",
        "select 'CREATE EXTERNAL TABLE'",
        "select 'open",
        "",
    ] {
        assert_eq!(check(sql), "not ours", "{sql}");
    }
}

#[test]
fn partitions_need_not_be_told() {
    assert_eq!(check("MSCK REPAIR TABLE db.t"), "partitions of t");
    assert_eq!(
        check("ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt='2024-04-19') LOCATION 's3://b/'"),
        "partitions of t"
    );
}

#[test]
fn a_mistake_is_named() {
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a int)"), @"table `t` has no LOCATION");
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a uint) LOCATION 'x'"),
        @"there is no column type `uint` here (the types are tinyint, smallint, int, bigint, float, double, boolean, string, varchar, char, timestamp, date)");
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a int LOCATION 'x'"),
        @"cannot read the statement: expected ), found `LOCATION`");
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY '::' LOCATION 'x'"),
        @"fields end at one character, not at `::`");
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a int) ROW FORMAT SERDE 'x.RegexSerDe' LOCATION 'x'"),
        @"the row format `x.RegexSerDe` is not supported (`ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '` reads flow logs as text)");
    insta::assert_snapshot!(
        check("CREATE EXTERNAL TABLE t (a int) LOCATION 'x' TBLPROPERTIES ('skip.header.line.count'='one')"),
        @"`skip.header.line.count` is `one`, which is no number of lines");
}
