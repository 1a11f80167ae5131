"""One measured run of chDB (ClickHouse in a library), in a process of its own.

Called as `engine_chdb.py JOB`, JOB being JSON: `start` does nothing, `load` turns gzip text into
zstd Parquet by `LineAsString` and `splitByChar`, the fastest way found to read such lines with it.
"""

import json
import sys

import chdb
import fields


def expression(index, name):
    """Returns what makes the typed column of the token at `index`; `-` becomes NULL."""
    token = f"t[{index + 1}]"
    column = fields.column(name)
    if name in fields.INT32:
        return f"toInt32OrNull({token}) AS `{column}`"
    if name in fields.INT64:
        return f"toInt64OrNull({token}) AS `{column}`"
    if name in fields.TIME:
        return f"toDateTime(toUInt32OrNull({token}), 'UTC') AS `{column}`"
    return f"nullIf({token}, '-') AS `{column}`"


def load_sql(job):
    """Returns the statement that reads every object below the folder into one Parquet file."""
    names = fields.FORMATS[job["format"]]
    columns = ", ".join(expression(index, name) for index, name in enumerate(names))
    return f"""
        INSERT INTO FUNCTION file('{job["output"]}', 'Parquet')
        SELECT {columns} FROM (
            SELECT splitByChar(' ', line) AS t
            FROM file('{job["input"]}/**/*.log.gz', 'LineAsString')
            WHERE NOT startsWith(line, 'version'))
        SETTINGS max_threads = {job["threads"]}, max_insert_threads = {job["threads"]},
            output_format_parquet_compression_method = 'zstd',
            output_format_parquet_string_as_string = 1,
            engine_file_truncate_on_insert = 1"""


def main():
    """Does the job that the command line names."""
    job = json.loads(sys.argv[1])
    if job["job"] == "load":
        chdb.query(load_sql(job))
    elif job["job"] == "start":
        chdb.query("SELECT 1")
    else:
        raise SystemExit(f"unknown job `{job['job']}`")


main()
