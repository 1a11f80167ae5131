//! What a statement, or a value that it works on, has wrong: it is told as that, and not as a
//! failure.

use tempfile::TempDir;

use crate::world::{cells, engine, on_runtime};

#[test]
fn a_value_that_cannot_be_worked_on_is_the_fault_of_the_statement() {
    let told = on_runtime(async {
        let folder = TempDir::new().unwrap();
        let engine = engine(folder.path());
        let mut told = Vec::new();
        for expression in [
            "1 / 0",
            "1 % 0",
            "value / (value - value)",
            "CAST('x' AS INT)",
            "CAST('x' || CAST(value AS VARCHAR) AS INT)",
            "CAST('x' AS TIMESTAMP)",
            "CAST(1e30 AS BIGINT)",
            "date_trunc('foo', now())",
            "date_part('foo', now())",
            "regexp_like('a', '(')",
            "regexp_like('a' || CAST(value AS VARCHAR), '(')",
            "regexp_replace('a', 'a', 'b', 'what')",
            "to_timestamp('x')",
            "chr(-1)",
            "9223372036854775807 + value",
            "TIMESTAMP '9999-12-31T00:00:00Z' < now()",
            "INTERVAL 'x'",
            "power(10, 400)",
            "arrow_cast(1, 'Int99')",
            "decode('x', 'hex')",
            "substr('a', 1, -1)",
            "array_resize([1], -1)",
            "(SELECT value FROM range(3))",
        ] {
            let sql = format!("SELECT {expression} FROM range(2)");
            let answer = cells(&engine, &sql).await.replace('\n', " / ");
            told.push(format!("{expression}: {answer}"));
        }
        told.join("\n")
    });
    insta::assert_snapshot!(told, @r#"
    1 / 0: usage: a number is divided by zero; hint: `nullif(number, 0)` makes NULL of a zero
    1 % 0: usage: a number is divided by zero; hint: `nullif(number, 0)` makes NULL of a zero
    value / (value - value): usage: a number is divided by zero; hint: `nullif(number, 0)` makes NULL of a zero
    CAST('x' AS INT): usage: cannot cast string 'x' to value of Int32 type; hint: `TRY_CAST` makes NULL of what cannot be taken
    CAST('x' || CAST(value AS VARCHAR) AS INT): usage: cannot cast string 'x0' to value of Int32 type; hint: `TRY_CAST` makes NULL of what cannot be taken
    CAST('x' AS TIMESTAMP): usage: error parsing timestamp from 'x': timestamp must contain at least 10 characters; hint: `TRY_CAST` makes NULL of what cannot be taken
    CAST(1e30 AS BIGINT): usage: can't cast value 1e30 to type Int64; hint: `TRY_CAST` makes NULL of what cannot be taken
    date_trunc('foo', now()): usage: unsupported date_trunc granularity: 'foo'. Supported values are: microsecond, millisecond, second, minute, hour, day, week, month, quarter, year
    date_part('foo', now()): usage: date part 'foo' not supported
    regexp_like('a', '('): usage: cannot read the pattern: unclosed group
    regexp_like('a' || CAST(value AS VARCHAR), '('): usage: cannot read the pattern: unclosed group
    regexp_replace('a', 'a', 'b', 'what'): usage: cannot read the pattern: unrecognized flag
    to_timestamp('x'): usage: error parsing timestamp from 'x': timestamp must contain at least 10 characters; hint: `TRY_CAST` makes NULL of what cannot be taken
    chr(-1): usage: invalid Unicode scalar value: -1
    9223372036854775807 + value: 9223372036854775807 / -9223372036854775808
    TIMESTAMP '9999-12-31T00:00:00Z' < now(): usage: overflow converting 9999-12-31 00:00:00 to Nanosecond. The dates that can be represented as nanoseconds have to be between 1677-09-21T00:12:44.0 and 2262-04-11T23:47:16.854775804; hint: `TRY_CAST` makes NULL of what cannot be taken
    INTERVAL 'x': usage: invalid input syntax for type interval: "x"; hint: `TRY_CAST` makes NULL of what cannot be taken
    power(10, 400): inf / inf
    arrow_cast(1, 'Int99'): usage: unsupported type 'Int99'. Must be a supported arrow type name such as 'Int32' or 'Timestamp(ns)'. Error unknown token: Int99
    decode('x', 'hex'): usage: failed to decode value using hex: Odd number of digits
    substr('a', 1, -1): usage: negative count not allowed: -1
    array_resize([1], -1): error: the query failed: array_resize: failed to convert size to usize
    (SELECT value FROM range(3)): usage: scalar subquery returned more than one row
    "#);
}
