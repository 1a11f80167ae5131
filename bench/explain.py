"""Reads how many row groups a query opened out of an `EXPLAIN ANALYZE` text.

DataFusion prints, per scan, metrics such as `row_groups_pruned_statistics=40 total → 3 matched`
or, for counts in the thousands, `1.2 K total`; one stage's matches are the next stage's total.
"""

import re

UNITS = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}

STAGE = re.compile(
    r"row_groups_pruned_\w+=([\d.]+)\s?([KMB]?) total\s*(?:→|->)\s*([\d.]+)\s?([KMB]?) matched"
)


class NoMetrics(Exception):
    """The text has no row-group metrics, so nothing can be said."""


def count(digits, unit):
    """Returns the number that was printed with its unit."""
    return round(float(digits) * UNITS[unit])


def row_groups_read(text):
    """Returns the number of row groups that were opened, over all scans of the plan."""
    n_read = 0
    n_scans = 0
    for line in text.splitlines():
        stages = STAGE.findall(line)
        if not stages:
            continue
        n_scans += 1
        n_read += min(count(matched, unit) for _, _, matched, unit in stages)
    if n_scans == 0:
        raise NoMetrics(f"no row-group metrics in:\n{text[:2000]}")
    return n_read
