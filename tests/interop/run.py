"""Makes a small world, loads it, and lets other engines read the lake: `run.py TIDEGATE`.

What must come out is counted here from the gzip text itself, by Python, before any of our code
has touched it. The last line says how many checks passed and failed.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import check_readers

RECORDS = 20_000
DAYS = 2
COMMAND_S_MAX = 900
"""The longest that one command of Tidegate may take; a debug build is slow."""


def counted(source):
    """Returns the number of records below the folder, and the sums, counted by plain reading."""
    n = n_bytes = n_packets = 0
    for path in source.rglob("*.log.gz"):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            names = next(lines).split()
            at_bytes, at_packets = names.index("bytes"), names.index("packets")
            for line in lines:
                cells = line.split()
                n += 1
                n_bytes += int(cells[at_bytes].replace("-", "0"))
                n_packets += int(cells[at_packets].replace("-", "0"))
    return {"n": n, "bytes": n_bytes, "packets": n_packets}


def tidegate(binary, *arguments):
    """Runs one command and ends everything if it fails."""
    done = subprocess.run(
        [binary, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=COMMAND_S_MAX,
    )
    if done.returncode != 0:
        command = " ".join(arguments)
        raise SystemExit(f"`tidegate {command}` ended with {done.returncode}:\n{done.stderr}")


def main():
    """Checks the lake as loaded, and again after compaction."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="tidegate-interop-") as folder:
        for name in [it for it in os.environ if it.startswith("TIDEGATE_")]:
            del os.environ[name]
        os.environ["XDG_CONFIG_HOME"] = folder
        world, lake = Path(folder) / "world", Path(folder) / "lake"
        shape = ("--records", str(RECORDS), "--days", str(DAYS), "--seed", "7")
        tidegate(binary, "generate", "--out", str(world), *shape)
        expected = counted(world / "AWSLogs")
        if expected["n"] < RECORDS // 2:
            raise SystemExit(f"the world has {expected['n']} records, not about {RECORDS}")
        commits = ("--commit-objects", "200")
        tidegate(binary, "collect", str(world / "AWSLogs"), "--lake", str(lake), *commits)
        checks = check_readers.check(binary, lake, expected)
        n_passed, n_failed = check_readers.report(checks, "as loaded")
        tidegate(binary, "lake", "compact", "--lake", str(lake))
        checks = check_readers.check(binary, lake, expected)
        more_passed, more_failed = check_readers.report(checks, "compacted")
    print(f"interop: {n_passed + more_passed} passed, {n_failed + more_failed} failed")
    sys.exit(1 if n_failed + more_failed else 0)


main()
