"""Prints the active files of a Delta table as JSON: `lake_files.py TABLE`.

A process of its own, because the one that measures must stay small.
"""

import json
import sys

import deltalake
import duckdb


def main():
    """Reads the log with `deltalake` and the footers with DuckDB."""
    table = deltalake.DeltaTable(sys.argv[1])
    files = [it.removeprefix("file://") for it in table.file_uris()]
    sizes = table.get_add_actions(flatten=True).column("size_bytes").to_pylist()
    row_groups, records = duckdb.execute(
        """SELECT sum(num_row_groups), sum(num_rows) FROM parquet_file_metadata(?)""", [files]
    ).fetchone()
    print(
        json.dumps(
            {
                "files": files,
                "bytes": sum(sizes),
                "row_groups": int(row_groups),
                "records": int(records),
                "version": table.version(),
            }
        )
    )


main()
