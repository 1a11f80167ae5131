"""Prints count and sums of one Parquet file as JSON, to compare what each loader stored."""

import json
import sys

import duckdb


def main():
    """Reads the file that the command line names."""
    row = duckdb.execute(
        "SELECT count(*), sum(packets)::VARCHAR, sum(bytes)::VARCHAR, count(srcaddr), "
        "count(action) FROM read_parquet(?)",
        [sys.argv[1]],
    ).fetchone()
    print(json.dumps([str(it) for it in row]))


main()
