"""Measures Tidegate beside DuckDB and chDB (ClickHouse), in turn, in one run.

`make bench` sets everything up and calls this. See README.md for what is measured and how;
the result is printed and written to RESULTS.md.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import explain
import fields
import history
import measure
import queries
import report
import rules
from lake import Lake

HERE = Path(__file__).resolve().parent

THREADS = (1, 2)
"""How many threads each loader may use."""

RECORDS = 5_000_000
QUICK_RECORDS = 200_000
WORLD_BEGINS = "2026-03-02"
"""The day from which on the inventory of a synthetic world holds."""

DAYS = 30
"""Days in the lake in which one address is looked for."""

COMMITS = 1000
QUICK_COMMITS = 50
"""Commits of the lake on which the shortest query is timed."""

STORED = "SELECT count(*), sum(packets), sum(bytes), count(srcaddr), count(action) FROM flows"
"""What must be the same in every engine's store."""


def say(text):
    """Tells the person who waits what is going on."""
    print(text, file=sys.stderr, flush=True)


class Bench:
    """One run: its options, its folders, and what was measured so far."""

    def __init__(self, options):
        self.options = options
        self.work = options.work
        self.python = sys.executable
        self.tidegate = str(options.tidegate)
        self.settings = self.work / "settings"
        self.settings.mkdir(parents=True, exist_ok=True)

    def lake(self, name):
        """Returns the lake of that name; nothing is made."""
        return Lake(self.tidegate, self.python, self.work / "lakes" / name, self.settings)

    def generate(self, name, *arguments):
        """Makes a synthetic world, if there is none of exactly these arguments."""
        folder = self.work / "input" / name
        stamp = folder / "arguments.json"
        wanted = json.dumps(arguments)
        if not stamp.exists() or stamp.read_text() != wanted:
            say(f"making input `{name}`")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            command = [self.tidegate, "generate", "--out", str(folder), "--seed", "1", *arguments]
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stderr)
            stamp.write_text(wanted)
        return folder / "AWSLogs"

    def engine(self, name, job, stdout_path=None):
        """Runs one of the peers in a process of its own and returns its usage."""
        command = [self.python, str(HERE / f"engine_{name}.py"), json.dumps(job)]
        return measure.run(command, stdout_path)

    def load(self, name, n_records):
        """Measures loading of one format by everybody, with one thread and with two."""
        names = fields.FORMATS[name]
        source = self.generate(
            *(name, "--records", str(n_records), "--format"),
            "default" if name == "default" else fields.format_string(names),
        )
        lake = self.lake(name)
        usages = {}
        for threads in THREADS:
            say(f"loading {n_records:,} records, {name} format, threads: {threads}")
            usages[threads] = measure.rounds(
                self.loaders(name, source, lake, threads), self.options.rounds, say
            )
        self.check_stores(name, lake)
        return self.sizes(name, lake, usages)

    def loaders(self, name, source, lake, threads):
        """Returns what is run in turn: the floor, Tidegate, and the peers."""

        def peer(engine):
            output = self.output(engine, name)
            job = {"job": "load", "threads": threads, "format": name}
            job |= {"input": str(source), "output": str(output)}

            def contest():
                output.unlink(missing_ok=True)
                return self.engine(engine, job)

            return contest

        def ours():
            lake.clear()
            return measure.run(lake.collect_command(str(source), threads), env=lake.env)

        def ours_with_context():
            rich = self.lake(f"{name}-context")
            rich.give_context(source.parent / "network", self.options.geo, WORLD_BEGINS)
            return measure.run(rich.collect_command(str(source), threads), env=rich.env)

        def joins():
            output = self.output("duckdb", f"{name}-joined")
            output.unlink(missing_ok=True)
            job = {"job": "join", "threads": threads, "format": name, "input": str(source)}
            job |= {"network": str(source.parent / "network"), "geo": str(self.options.geo)}
            return self.engine("duckdb", job | {"output": str(output)})

        floor = [str(self.options.xtask), "inflate", str(source)]
        return {
            "inflate": lambda: measure.run(floor),
            "Tidegate": ours,
            "with context": ours_with_context,
            "DuckDB": peer("duckdb"),
            "DuckDB, joins": joins,
            "chDB": peer("chdb"),
        }

    def output(self, engine, name):
        """Returns the Parquet file that a peer loads into."""
        return self.work / f"{engine}-{name}.parquet"

    def check_stores(self, name, lake):
        """Ends the run if the three stores do not hold the same records."""
        ours = lake.ask(STORED)
        for engine in ("duckdb", "chdb"):
            path = str(self.output(engine, name))
            theirs = json.loads(lake.say([self.python, str(HERE / "engine_check.py"), path]))
            if ours != theirs:
                raise SystemExit(f"{name}: Tidegate stored {ours}, {engine} {theirs}")
        say(f"  all three stored the same: {', '.join(ours)}")

    def sizes(self, name, lake, usages):
        """Returns usages and sizes: as loaded, after compaction, and the peers'."""
        loaded = lake.files()
        lake.compact()
        compacted = lake.files()
        if loaded["records"] != compacted["records"]:
            counts = f"{compacted['records']} of {loaded['records']}"
            raise SystemExit(f"{name}: compaction made {counts} records")
        return {
            "records": loaded["records"],
            "usages": usages,
            "bytes": {
                "Tidegate": loaded["bytes"],
                "Tidegate, compacted": compacted["bytes"],
                "DuckDB": self.output("duckdb", name).stat().st_size,
                "chDB": self.output("chdb", name).stat().st_size,
            },
        }

    def history(self):
        """Measures the peak of loading with a large network's history of a year."""
        folder = self.work / "input" / "history"
        n_interfaces = history.QUICK_INTERFACES if self.options.quick else history.INTERFACES
        say(f"a year of {n_interfaces:,} interfaces")
        shutil.rmtree(folder, ignore_errors=True)
        n_states = history.write(folder, n_interfaces)
        lake = self.lake("history")
        lake.clear()
        for path in sorted(folder.iterdir()):
            lake.say([*(self.tidegate, "inventory", "import", str(path)), "--lake", str(lake.path)])
        lake.env |= {"TIDEGATE_COLLECT_CONTEXT": "true", "TIDEGATE_GEO": str(self.options.geo)}
        source = self.work / "input" / "default" / "AWSLogs"
        usage = measure.run(lake.collect_command(str(source), max(THREADS)), env=lake.env)
        return {"interfaces": n_interfaces, "states": n_states, "usage": usage}

    def ask(self):
        """Measures the eight questions on the lake of the default format."""
        lake = self.lake("default")
        files = lake.files()["files"]
        address = lake.ask(queries.PICK_ADDRESS)[0]
        network = ".".join(lake.ask(queries.PICK_NETWORK)[0].split(".")[:2])
        results = []
        for question in queries.QUESTIONS:
            say(f"asking: {question.name}")
            values = {"address": address, "network": network}
            ours = question.tidegate.format(**values)
            theirs = question.duckdb.format(**values)
            results.append(self.ask_one(question.name, lake, files, ours, theirs))
        return results

    def ask_one(self, name, lake, files, ours, theirs):
        """Measures one question and ends the run if the answers differ."""
        our_csv = self.work / "tidegate.csv"
        their_csv = self.work / "duckdb.csv"
        told = self.work / "duckdb.json"
        job = {"job": "query", "threads": max(THREADS), "files": files}
        job |= {"sql": theirs, "output": str(their_csv)}
        engine_s = []

        def duckdb():
            usage = self.engine("duckdb", job, told)
            engine_s.append(json.loads(told.read_text())["engine_s"])
            return usage

        command = lake.sql_command(ours, max(THREADS))
        contestants = {
            "Tidegate": lambda: measure.run(command, our_csv, lake.env),
            "DuckDB": duckdb,
        }
        usages = measure.rounds(contestants, self.options.rounds, say)
        our_rows = queries.rows(our_csv)
        difference = queries.difference(our_rows, queries.rows(their_csv))
        if difference:
            raise SystemExit(f"the answers to `{name}` differ: {difference}")
        return {
            "name": name,
            "rows": len(our_rows),
            "usages": usages,
            "engine_s": statistics.median(engine_s),
        }

    def commits(self):
        """Measures the shortest query on a lake of many commits."""
        n_commits = QUICK_COMMITS if self.options.quick else COMMITS
        shape = ("--records", "40000", "--days", "4", "--format", "default")
        source = self.generate("commits", *shape)
        objects = sorted(source.rglob("*.log.gz"))[:n_commits]
        if len(objects) < n_commits:
            raise SystemExit(f"{len(objects)} objects, {n_commits} are needed")
        picked = self.work / "input" / "commits-picked"
        shutil.rmtree(picked, ignore_errors=True)
        picked.mkdir(parents=True)
        for path in objects:
            (picked / path.name).hardlink_to(path)
        lake = self.lake("commits")
        lake.clear()
        say(f"making a lake of {n_commits} commits")
        lake.collect(str(picked), 1, ("--commit-objects", "1"))
        version = lake.files()["version"]
        command = lake.sql_command("SELECT 1", max(THREADS))
        contest = {"Tidegate": lambda: measure.run(command, env=lake.env)}
        usages = measure.rounds(contest, max(self.options.rounds, 5), say)["Tidegate"]
        return {"commits": version + 1, "usage": measure.median(usages)}

    def month(self):
        """Measures how much of a month is read to find one address."""
        per_day = self.options.records // 5
        arguments = ("--records", str(per_day * DAYS), "--days", str(DAYS), "--format", "default")
        source = self.generate("month", *arguments)
        lake = self.lake("month")
        lake.clear()
        say(f"loading {DAYS} days of {per_day:,} records")
        load = measure.run(lake.collect_command(str(source), max(THREADS)), env=lake.env)
        address = lake.ask(queries.PICK_ADDRESS)[0]
        loaded = self.row_groups(lake, address)
        lake.compact()
        return {
            "per_day": per_day,
            "load": load,
            "loaded": loaded,
            "compacted": self.row_groups(lake, address),
        }

    def advise(self):
        """Measures judging security groups over a month, beside one aggregate of all its records."""
        source = self.work / "input" / "month"
        network = self.work / "input" / "month-groups"
        n_groups, n_rules = rules.write(source / "network", network)
        lake = self.lake("month-context")
        lake.give_context(network, self.options.geo, WORLD_BEGINS)
        say(f"a month with its context, {n_groups} groups, {n_rules:,} rules")
        lake.collect(str(source / "AWSLogs"), max(THREADS))
        command = [*(self.tidegate, "advise", "sg", "--window", f"{DAYS}d", "--output", "json")]
        command += ["--lake", str(lake.path)]
        output = self.work / "advice.json"
        job = {"job": "query", "threads": max(THREADS), "files": lake.files()["files"]}
        job |= {"sql": queries.FLOWS, "output": str(self.work / "flows.csv")}
        contestants = {
            "Tidegate": lambda: measure.run(command, output, lake.env),
            "DuckDB": lambda: self.engine("duckdb", job),
        }
        usages = measure.rounds(contestants, self.options.rounds, say)
        return {"groups": n_groups, "rules": n_rules, "usages": usages}

    def row_groups(self, lake, address):
        """Returns how many row groups there are and how many one address needs."""
        sql = (
            "SELECT count(*) AS n, sum(bytes) AS bytes FROM flows "
            f"WHERE srcaddr = '{address}' OR dstaddr = '{address}'"
        )
        told = lake.say(lake.sql_command(sql, extra=("--explain", "--analyze",)))
        return {"read": explain.row_groups_read(told), "all": lake.files()["row_groups"]}

    def starts(self):
        """Measures what each peer's process costs before it does anything."""
        job = {"job": "start", "threads": 1}
        return {
            name: measure.median([self.engine(engine, job) for _ in range(self.options.rounds)])
            for name, engine in (("DuckDB", "duckdb"), ("chDB", "chdb"))
        }


def parse_arguments():
    """Returns the options; every folder is absolute."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tidegate", type=Path, required=True, help="the release binary")
    parser.add_argument("--xtask", type=Path, required=True, help="the release binary of xtask")
    parser.add_argument("--geo", type=Path, required=True, help="folder of databases of addresses")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="few records: a test of the bench")
    parser.add_argument("--work", type=Path, default=HERE / ".work", help="folder for all it makes")
    parser.add_argument("--results", type=Path, help="file to write; RESULTS.md unless --quick")
    options = parser.parse_args()
    if options.rounds < 1 or options.records < 100:
        parser.error("at least 1 round and 100 records")
    if options.quick:
        options.records = min(options.records, QUICK_RECORDS)
    for name in ("tidegate", "xtask", "work", "geo"):
        setattr(options, name, getattr(options, name).resolve())
    if options.results is None:
        options.results = (options.work if options.quick else HERE) / "RESULTS.md"
    return options


def main():
    """Runs everything and writes the report."""
    options = parse_arguments()
    bench = Bench(options)
    results = {
        "rounds": options.rounds,
        "machine": report.machine([options.tidegate, "--version"]),
        "starts": bench.starts(),
        "loads": {name: bench.load(name, options.records) for name in fields.FORMATS},
        "history": bench.history(),
        "queries": bench.ask(),
        "commits": bench.commits(),
        "month": bench.month(),
        "advise": bench.advise(),
    }
    text = report.markdown(results)
    options.results.write_text(text)
    print(text)


if __name__ == "__main__":
    try:
        main()
    except measure.Failed as failed:
        raise SystemExit(str(failed)) from None
