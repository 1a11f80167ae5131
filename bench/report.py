"""Turns what was measured into Markdown: the numbers that were promised first, then all others.

No host name, user name or path gets in: the text is meant to be committed.
"""

import os
import platform
import subprocess
from importlib import metadata

import measure

PEERS = ("DuckDB", "chDB")

MIB = 2**20


def machine(version_command):
    """Returns what a reader must know to compare: cores, memory, versions."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    version = subprocess.run(version_command, capture_output=True, text=True, check=True)
    packages = ", ".join(f"{it} {metadata.version(it)}" for it in ("duckdb", "chdb", "deltalake"))
    return [
        f"{os.cpu_count()} cores ({models[0] if models else platform.machine()}), {gib:.0f} GiB",
        f"{version.stdout.strip()}; {packages}; Python {platform.python_version()}",
    ]


def table(head, rows):
    """Returns the lines of a Markdown table; the first column is text, the others numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def verdict(value, at_least, aim):
    """Returns in a word how a number stands to what was promised."""
    if value <= aim:
        return "aim reached"
    return "reached" if value <= at_least else "**missed**"


def load_ratio(load, threads, attribute):
    """Returns Tidegate against the better of the peers, over the rounds."""
    usages = load["usages"][threads]
    return measure.ratio(usages["Tidegate"], [usages[it] for it in PEERS], attribute)


def context_ratio(load):
    """Returns Tidegate's CPU with full context against without, over the rounds."""
    usages = load["usages"][1]
    return measure.ratio(usages["with context"], [usages["Tidegate"]], "cpu_s")


def rich_ratio(load):
    """Returns Tidegate's CPU with full context against the better peer's without any."""
    usages = load["usages"][1]
    return measure.ratio(usages["with context"], [usages[it] for it in PEERS], "cpu_s")


def query_ratios(results, attribute):
    """Returns Tidegate against DuckDB for each question."""
    return [
        measure.ratio(it["usages"]["Tidegate"], [it["usages"]["DuckDB"]], attribute)
        for it in results["queries"]
    ]


def peak_bytes(results):
    """Returns the most memory that any load by Tidegate took."""
    usages = [results["month"]["load"]]
    for load in results["loads"].values():
        for by_name in load["usages"].values():
            usages += by_name["Tidegate"] + by_name["with context"]
    return max(it.peak_bytes for it in usages)


def advice_ratio(advise):
    """Returns what judging all rules takes against one aggregate of the same records."""
    usages = advise["usages"]
    return measure.ratio(usages["Tidegate"], [usages["DuckDB"]], "wall_s")


def peak(usages):
    """Returns the most memory that any of the runs took."""
    return max(it.peak_bytes for it in usages)


def promises(results):
    """Returns the rows of the first table: what, value, unit, at least, aim."""
    default, custom = results["loads"]["default"], results["loads"]["custom"]
    groups = results["month"]["compacted"]
    default_size, custom_size = (
        it["bytes"]["Tidegate"] / it["bytes"]["DuckDB"] for it in (default, custom)
    )
    queries = measure.geometric_mean(query_ratios(results, "wall_s"))
    select_ms = results["commits"]["usage"].wall_s * 1000
    return [
        ("load, CPU, default format", load_ratio(default, 1, "cpu_s"), "x", 0.6, 0.3),
        ("load, CPU, 29-field format", load_ratio(custom, 1, "cpu_s"), "x", 0.6, 0.3),
        ("load, wall, two threads, default", load_ratio(default, 2, "wall_s"), "x", 0.6, 0.3),
        ("load, wall, two threads, 29-field", load_ratio(custom, 2, "wall_s"), "x", 0.6, 0.3),
        ("full context against none, CPU, default", context_ratio(default), "x", 1.6, 1.25),
        ("full context against none, CPU, 29-field", context_ratio(custom), "x", 1.6, 1.25),
        ("full context against peers' plain load, default", rich_ratio(default), "x", 0.9, 0.4),
        ("full context against peers' plain load, 29-field", rich_ratio(custom), "x", 0.9, 0.4),
        ("peak memory while loading", peak_bytes(results) / MIB, "MiB", 1024, 512),
        (
            f"peak memory, {results['history']['interfaces']:,} interfaces, a year of history",
            *(results["history"]["usage"].peak_bytes / MIB, "MiB", 1024, 512),
        ),
        ("bytes per record, default", default_size, "x", 1.0, 0.8),
        ("bytes per record, 29-field", custom_size, "x", 1.0, 0.8),
        ("eight queries, wall, geometric mean", queries, "x", 1.2, 0.9),
        ("one address in 30 days: row groups", 100 * groups["read"] / groups["all"], "%", 20, 5),
        (
            f"advice on {results['advise']['groups']} groups, {results['advise']['rules']:,} rules, "
            "a month: wall against one aggregate by DuckDB",
            *(advice_ratio(results["advise"]), "x", 3.0, 1.5),
        ),
        (
            "peak memory of it",
            *(peak(results["advise"]["usages"]["Tidegate"]) / MIB, "MiB", 2048, 1024),
        ),
        ("`select 1`, many commits, wall", select_ms, "ms", 300, 100),
    ]


def load_lines(name, load):
    """Returns the section of one format."""
    rows = []
    for threads, usages in load["usages"].items():
        for who, runs in usages.items():
            usage = measure.median(runs)
            best_s = min(measure.median(usages[it]).cpu_s for it in PEERS)
            rows.append(
                [
                    who,
                    "1" if who == "inflate" else str(threads),
                    f"{usage.cpu_s:.2f}",
                    f"{usage.wall_s:.2f}",
                    f"{usage.peak_bytes / MIB:.0f}",
                    f"{usage.cpu_s / load['records'] * 1e9:.0f}",
                    f"{usage.cpu_s / best_s:.2f}",
                ]
            )
    head = ["who", "threads", "CPU s", "wall s", "peak MiB", "CPU ns/record", "CPU / better peer"]
    lines = [f"## Load, {name} format, {load['records']:,} records", "", *table(head, rows), ""]
    duckdb_size = load["bytes"]["DuckDB"]
    sizes = [
        [who, f"{size:,}", f"{size / load['records']:.2f}", f"{size / duckdb_size:.2f}"]
        for who, size in load["bytes"].items()
    ]
    return lines + table(["on disk", "bytes", "bytes/record", "/ DuckDB"], sizes) + [""]


def query_lines(results):
    """Returns the section of the eight questions."""
    rows = []
    walls = query_ratios(results, "wall_s")
    cpus = query_ratios(results, "cpu_s")
    for it, wall, cpu in zip(results["queries"], walls, cpus):
        ours, theirs = (measure.median(it["usages"][who]) for who in ("Tidegate", "DuckDB"))
        rows.append(
            [
                it["name"],
                f"{it['rows']:,}",
                f"{ours.wall_s * 1000:.0f}",
                f"{theirs.wall_s * 1000:.0f}",
                f"{it['engine_s'] * 1000:.0f}",
                f"{wall:.2f}",
                f"{cpu:.2f}",
                f"{ours.wall_s / it['engine_s']:.2f}",
                f"{ours.peak_bytes / MIB:.0f}",
                f"{theirs.peak_bytes / MIB:.0f}",
            ]
        )
    engine = [
        measure.median(it["usages"]["Tidegate"]).wall_s / it["engine_s"]
        for it in results["queries"]
    ]
    means = [f"{measure.geometric_mean(values):.2f}" for values in (walls, cpus, engine)]
    rows.append(["geometric mean", "", "", "", "", *means, "", ""])
    head = ["question", "rows", "Tidegate ms", "DuckDB ms", "without start ms"]
    head += ["wall ratio", "CPU ratio", "against without start", "Tidegate MiB", "DuckDB MiB"]
    return ["## Eight questions on the same files", "", *table(head, rows), ""]


def other_lines(results):
    """Returns the section of the two lakes with a shape of their own."""
    month, commits = results["month"], results["commits"]
    lines = ["## Other lakes", ""]
    for state in ("loaded", "compacted"):
        groups = month[state]
        share = 100 * groups["read"] / groups["all"]
        lines.append(
            f"- One address in 30 days of {month['per_day']:,} records, {state}: "
            f"{groups['read']} of {groups['all']} row groups read ({share:.1f} %)."
        )
    usage = commits["usage"]
    lines.append(
        f"- `SELECT 1` on a lake of {commits['commits']} commits: "
        f"{usage.wall_s * 1000:.0f} ms wall, {usage.cpu_s * 1000:.0f} ms CPU."
    )
    return [*lines, ""]


def markdown(results):
    """Returns the whole report."""
    rows = [
        [what, *(f"{it} {unit}" for it in (f"{value:.2f}", least, aim)), verdict(value, least, aim)]
        for what, value, unit, least, aim in promises(results)
    ]
    starts = ", ".join(f"{who} {it.cpu_s:.2f} s CPU" for who, it in results["starts"].items())
    lines = [
        "# Results",
        "",
        "Written by `make bench`. Ratios are Tidegate's number over its peer's: below 1 is better.",
        "",
        *(f"- {it}" for it in results["machine"]),
        f"- {results['rounds']} alternating rounds; medians; every run a process of its own",
        f"- of the peers' numbers, their start alone is: {starts}",
        "",
        *table(["promised", "measured", "at least", "aim", "verdict"], rows),
        "",
    ]
    for name, load in results["loads"].items():
        lines += load_lines(name, load)
    return "\n".join(lines + query_lines(results) + other_lines(results))
