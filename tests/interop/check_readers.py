"""Compares what other engines read in a lake with what Tidegate says is in it.

    check_readers.py TIDEGATE LAKE EXPECTED_COUNT [EXPECTED_BYTES]

TIDEGATE is the binary. One line per check on stdout; exit code 1 if one failed.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import deltalake
import duckdb

SQL = (
    "SELECT count(*) AS n, "
    "CAST(sum(bytes) AS BIGINT) AS bytes, CAST(sum(packets) AS BIGINT) AS packets, "
    "CAST(min({start}) AS BIGINT) AS first_us, CAST(max({start}) AS BIGINT) AS last_us, "
    "count(DISTINCT srcaddr) AS sources, count(DISTINCT date) AS days FROM {table}"
)
"""The same question for all; `{start}` is how the engine turns a time into microseconds."""

TIDEGATE_S_MAX = 600
"""The longest that one command of Tidegate may take."""


def table_path(lake):
    """Returns the folder of the Delta table in a lake."""
    return Path(lake) / "flows"


def ask_tidegate(binary, lake):
    """Returns the answer of Tidegate, by its JSON output."""
    sql = SQL.format(start="arrow_cast(start, 'Int64')", table="flows")
    command = [binary, "sql", sql, "--lake", str(lake), "--output", "ndjson"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIDEGATE_S_MAX
    )
    if done.returncode != 0:
        raise SystemExit(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def ask_deltalake(lake):
    """Returns the answer of the `deltalake` package, by its own query engine."""
    table = deltalake.DeltaTable(table_path(lake))
    sql = SQL.format(start="arrow_cast(start, 'Int64')", table="flows")
    batches = deltalake.QueryBuilder().register("flows", table).execute(sql).read_all()
    columns = {name: batches.column(name).to_pylist() for name in batches.schema.names}
    return {name: values[0] for name, values in columns.items()}


def duckdb_source(connection, lake):
    """Returns the relation that DuckDB reads the lake by, and its name for the report.

    `delta_scan` where the extension is installed; else the Parquet reader over the active files.
    """
    package = importlib.util.find_spec("duckdb_extension_delta")
    folder = Path(package.origin).parent if package else Path(__file__).parent
    extension = next(folder.rglob(f"v{duckdb.__version__}/delta.duckdb_extension"), None)
    if extension is not None:
        connection.execute(f"LOAD '{extension}'")
        return f"delta_scan('{table_path(lake)}')", "DuckDB, delta_scan"
    files = deltalake.DeltaTable(table_path(lake)).file_uris()
    listed = ", ".join(f"'{it.removeprefix('file://')}'" for it in files)
    relation = f"read_parquet([{listed}], hive_partitioning = true, union_by_name = true)"
    return relation, "DuckDB, read_parquet over the active files (no `delta` extension here)"


def ask_duckdb(lake):
    """Returns the answer of DuckDB and by which reader it came."""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation, reader = duckdb_source(connection, lake)
        cursor = connection.execute(SQL.format(start="epoch_us(start)", table=relation))
        names = [it[0] for it in cursor.description]
        return dict(zip(names, cursor.fetchone())), reader


def vacuumed(lake):
    """Returns what `vacuum` of the `deltalake` package would delete at once, if it were let.

    In full: with files that no commit ever named, which is what a ledger of ours must not be to it.
    """
    table = deltalake.DeltaTable(table_path(lake))
    return table.vacuum(
        retention_hours=0, dry_run=True, enforce_retention_duration=False, full=True
    )


def removed_by_log(lake):
    """Returns the files that the log's commits have removed: vacuum may take only these."""
    removed = set()
    for path in sorted((table_path(lake) / "_delta_log").glob("*.json")):
        for line in path.read_text().splitlines():
            action = json.loads(line)
            if "remove" in action:
                removed.add(action["remove"]["path"])
    return removed


def check(binary, lake, expected):
    """Yields (name, what is wrong or None) for each check.

    `expected` holds the numbers that are known from elsewhere, by the columns' names.
    """
    ours = ask_tidegate(binary, lake)
    known = {name: ours[name] for name in expected}
    yield "Tidegate", None if known == expected else f"{known}, expected {expected}"
    theirs = ask_deltalake(lake)
    yield "deltalake", None if theirs == ours else f"{theirs}, Tidegate says {ours}"
    theirs, reader = ask_duckdb(lake)
    yield reader, None if theirs == ours else f"{theirs}, Tidegate says {ours}"
    strays = set(vacuumed(lake)) - removed_by_log(lake)
    yield "deltalake, vacuum", f"would delete {sorted(strays)[:5]}" if strays else None


def report(checks, state):
    """Prints one line per check and returns the number of those that passed and failed."""
    n_passed = n_failed = 0
    for name, wrong in checks:
        n_passed += wrong is None
        n_failed += wrong is not None
        print(f"PASS {state}: {name}" if wrong is None else f"FAIL {state}: {name}: {wrong}")
    return n_passed, n_failed


def main():
    """Checks the lake that the command line names."""
    if len(sys.argv) not in (4, 5):
        raise SystemExit(__doc__)
    binary, lake = os.path.abspath(sys.argv[1]), sys.argv[2]
    expected = dict(zip(("n", "bytes"), map(int, sys.argv[3:])))
    _, n_failed = report(check(binary, lake, expected), "lake")
    sys.exit(1 if n_failed else 0)


if __name__ == "__main__":
    main()
