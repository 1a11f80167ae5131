"""Tests of the parts of the bench that judge: agreement of answers, ratios, row groups, tables.

    python3 -m unittest discover -s bench
"""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import explain  # noqa: E402
import fields  # noqa: E402
import measure  # noqa: E402
import queries  # noqa: E402
import report  # noqa: E402


def usage(cpu_s, wall_s=1.0, peak_bytes=1 << 20):
    """Returns a usage with the numbers that matter to a test."""
    return measure.Usage(cpu_s, wall_s, peak_bytes)


class Answers(unittest.TestCase):
    """Two answers agree, or the difference is named."""

    def check(self, ours, theirs, expected):
        """Compares two CSV texts."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("ours.csv", "theirs.csv")]
            for path, text in zip(paths, (ours, theirs)):
                path.write_text(text)
            found = queries.difference(*map(queries.rows, paths))
        self.assertEqual(found, expected)

    def test_the_spelling_of_times_and_the_order_of_rows_do_not_matter(self):
        ours = "start,n\n2026-01-01T00:00:00Z,1\n2026-01-02T00:00:00Z,\n"
        self.check(ours, "s,n\n2026-01-02 00:00:00+00,\n2026-01-01 00:00:00,1\n", None)
        self.check(ours, "s,n\n2026-01-02T00:00:00.000000Z,\n2026-01-01 00:00:00+00:00,1\n", None)

    def test_a_different_value_or_count_is_named(self):
        self.check("n\n1\n", "n\n2\n", "['1'] against ['2']")
        self.check("n\n1\n", "n\n1\n1\n", "1 rows against 2")
        self.check("t\n2026-01-01T00:00:01Z\n", "t\n2026-01-01 00:00:00.5\n",
                   "['2026-01-01T00:00:01'] against ['2026-01-01 00:00:00.5']")


class Ratios(unittest.TestCase):
    """A ratio is the median over rounds, each against the better peer of that round."""

    def test_the_better_peer_of_each_round_counts(self):
        ours = [usage(1), usage(2), usage(3)]
        peers = [[usage(2), usage(8), usage(6)], [usage(4), usage(4), usage(10)]]
        self.assertEqual(measure.ratio(ours, peers, "cpu_s"), 0.5)

    def test_means(self):
        self.assertAlmostEqual(measure.geometric_mean([0.5, 2.0]), 1.0)
        self.assertEqual(measure.median([usage(1), usage(5), usage(3)]).cpu_s, 3)

    def test_a_failed_process_is_no_measurement(self):
        command = [sys.executable, "-c", "import sys; sys.exit('no such lake')"]
        with self.assertRaisesRegex(measure.Failed, "no such lake"):
            measure.run(command)

    def test_a_process_is_measured(self):
        found = measure.run([sys.executable, "-c", "sum(range(3_000_000)); b = b'x' * (64 << 20)"])
        self.assertGreater(found.peak_bytes, 64 << 20)
        self.assertGreater(found.cpu_s, 0)


class Explain(unittest.TestCase):
    """Row groups read are the last stage's matches, over all scans."""

    def test_stages_and_scans(self):
        text = (
            "DataSourceExec: metrics=[row_groups_pruned_bloom_filter=7 total → 2 matched, "
            "row_groups_pruned_statistics=40 total → 7 matched]\n"
            "CoalescePartitionsExec: metrics=[output_rows=3]\n"
            "DataSourceExec: metrics=[row_groups_pruned_statistics=1.2 K total → 1.1 K matched]\n"
        )
        self.assertEqual(explain.row_groups_read(text), 2 + 1100)

    def test_a_plan_without_the_metrics_is_an_error(self):
        with self.assertRaises(explain.NoMetrics):
            explain.row_groups_read("PlaceholderRowExec: metrics=[]")


class Formats(unittest.TestCase):
    """The two formats are what the report says they are."""

    def test_sizes_and_names(self):
        self.assertEqual([len(it) for it in fields.FORMATS.values()], [14, 29])
        self.assertEqual(fields.format_string(["log-status"]), "${log-status}")
        self.assertEqual(len(queries.QUESTIONS), 8)


class Verdicts(unittest.TestCase):
    """A number that is missed is said to be missed."""

    def test_verdicts(self):
        for value, expected in ((0.3, "aim reached"), (0.6, "reached"), (0.61, "**missed**")):
            self.assertEqual(report.verdict(value, 0.6, 0.3), expected)


if __name__ == "__main__":
    unittest.main()
