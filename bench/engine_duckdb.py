"""One measured run of DuckDB, in a process of its own: `engine_duckdb.py JOB`, JOB being JSON.

Jobs: `start` does nothing, so that the cost of the process itself is known; `load` turns gzip text
into zstd Parquet; `query` answers one question over Parquet files and writes CSV.
"""

import json
import sys
import time

import duckdb
import fields


def read_type(name):
    """Returns the type that the CSV reader parses the field as."""
    if name in fields.INT32:
        return "INTEGER"
    if name in fields.INT64 or name in fields.TIME:
        return "BIGINT"
    return "VARCHAR"


def select_item(name):
    """Returns the expression that gives the column its name and its type in the table."""
    if name in fields.TIME:
        return f'make_timestamp("{name}" * 1000000) AS "{fields.column(name)}"'
    return f'"{name}" AS "{fields.column(name)}"'


def load(connection, job):
    """Reads every object below the folder and writes one Parquet file."""
    names = fields.FORMATS[job["format"]]
    columns = ", ".join(f"'{name}': '{read_type(name)}'" for name in names)
    items = ", ".join(select_item(name) for name in names)
    connection.execute(f"""
        COPY (SELECT {items} FROM read_csv('{job["input"]}/**/*.log.gz', columns = {{{columns}}},
            delim = ' ', header = true, nullstr = '-', quote = '', escape = '',
            auto_detect = false, compression = 'gzip'))
        TO '{job["output"]}' (FORMAT parquet, COMPRESSION zstd)""")


def query(connection, job):
    """Answers one question and writes it as CSV; prints the seconds without start-up."""
    files = ", ".join(f"'{path}'" for path in job["files"])
    connection.execute("SET TimeZone = 'UTC'")
    begun = time.perf_counter()
    connection.execute(f"""
        CREATE VIEW flows AS SELECT * FROM read_parquet([{files}], union_by_name = true,
            hive_partitioning = true, hive_types = {{'date': 'DATE'}})""")
    connection.execute(f"COPY ({job['sql']}) TO '{job['output']}' (FORMAT csv, HEADER)")
    print(json.dumps({"engine_s": time.perf_counter() - begun}))


def main():
    """Does the job that the command line names."""
    job = json.loads(sys.argv[1])
    connection = duckdb.connect()
    connection.execute(f"SET threads = {job['threads']}")
    if job["job"] == "load":
        load(connection, job)
    elif job["job"] == "query":
        query(connection, job)
    elif job["job"] != "start":
        raise SystemExit(f"unknown job `{job['job']}`")


main()
