"""One process, run to its end and measured: CPU seconds, wall seconds, peak memory.

The numbers are the kernel's own (`wait4`). This file and everything that starts measured processes
uses the standard library only: a child's peak counts its parent's size at the moment of the fork.
"""

import math
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass

STDERR_TAIL = 2000
"""Bytes of a failed process's stderr that are shown."""


class Failed(Exception):
    """A measured process did not end well, so there is nothing to measure."""


@dataclass(frozen=True)
class Usage:
    """What one run cost."""

    cpu_s: float
    wall_s: float
    peak_bytes: int


def run(command, stdout_path=None, env=None):
    """Runs `command` to its end and returns its usage.

    Stdout goes to the file `stdout_path`, or nowhere. A process that fails raises `Failed` with
    the end of what it wrote to stderr.
    """
    with tempfile.TemporaryFile() as stderr, open(stdout_path or os.devnull, "wb") as stdout:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env={**os.environ, **(env or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            size = stderr.seek(0, os.SEEK_END)
            stderr.seek(max(0, size - STDERR_TAIL))
            text = stderr.read().decode(errors="replace")
            raise Failed(f"`{command[0]}` ended with {process.returncode}:\n{text}")
    return Usage(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss * 1024)


def rounds(contestants, n_rounds, say):
    """Runs every contestant once per round, in turn, and returns the usages by name.

    `contestants` maps a name to a function that returns a `Usage`. Turns alternate, so that what
    else the machine does hits all alike.
    """
    usages = {name: [] for name in contestants}
    for index in range(n_rounds):
        for name, contest in contestants.items():
            usage = contest()
            usages[name].append(usage)
            say(
                f"  round {index + 1}  {name:<12} {usage.cpu_s:7.2f} s CPU "
                f"{usage.wall_s:7.2f} s wall {usage.peak_bytes / 2**20:6.0f} MiB"
            )
    return usages


def median(usages):
    """Returns the median of each number."""
    return Usage(
        statistics.median(it.cpu_s for it in usages),
        statistics.median(it.wall_s for it in usages),
        int(statistics.median(it.peak_bytes for it in usages)),
    )


def ratio(ours, theirs, attribute):
    """Returns the median over the rounds of ours against the better of theirs in that round.

    `theirs` is a list of lists: one list of usages for each peer.
    """
    ratios = []
    for index, usage in enumerate(ours):
        best = min(getattr(peer[index], attribute) for peer in theirs)
        ratios.append(getattr(usage, attribute) / best)
    return statistics.median(ratios)


def geometric_mean(values):
    """Returns the geometric mean of positive numbers."""
    return math.exp(statistics.fmean(math.log(it) for it in values))
