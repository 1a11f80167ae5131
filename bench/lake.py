"""The commands of Tidegate that are measured, and what its lake holds.

Everything is asked of the binary or of the `deltalake` package; nothing here knows the layout.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent

CONVERSATION_S_MAX = 3600
"""The longest that a command which is not measured may take."""


class Lake:
    """One lake folder, the binary that writes it, and a Python that can read it."""

    def __init__(self, tidegate, python, path, settings):
        self.tidegate = tidegate
        self.python = python
        self.path = path
        # The user's own configuration must not change what is measured.
        for name in [it for it in os.environ if it.startswith("TIDEGATE_")]:
            del os.environ[name]
        self.env = {"XDG_CONFIG_HOME": str(settings), "TIDEGATE_LAKE": str(path)}
        self.env |= {"TIDEGATE_COLLECT_CONTEXT": "false", "TIDEGATE_GEO": str(settings / "none")}

    def clear(self):
        """Removes the lake, so that the next command makes it new."""
        shutil.rmtree(self.path, ignore_errors=True)

    def give_context(self, network, geo, since):
        """Makes the lake new, with an inventory; what is collected now gets its full context."""
        self.clear()
        self.env |= {"TIDEGATE_COLLECT_CONTEXT": "true", "TIDEGATE_GEO": str(geo)}
        self.say(
            [
                *(self.tidegate, "inventory", "import", str(network), "--since", since),
                *("--lake", str(self.path), "--strict"),
            ]
        )

    def collect_command(self, source, threads, extra=()):
        """Returns the command that loads the objects below `source`."""
        return [
            *(self.tidegate, "collect", source, "--lake", str(self.path)),
            *("--threads", str(threads), "--output", "json", *extra),
        ]

    def sql_command(self, sql, threads=None, extra=("--output", "csv")):
        """Returns the command that answers one question."""
        command = [self.tidegate, "sql", sql, "--lake", str(self.path), *extra]
        return command + (["--threads", str(threads)] if threads else [])

    def say(self, command):
        """Runs a command that is not measured and returns its stdout."""
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=CONVERSATION_S_MAX,
            env={**os.environ, **self.env},
            check=False,
        )
        if done.returncode != 0:
            raise SystemExit(f"`{' '.join(command)}` ended with {done.returncode}:\n{done.stderr}")
        return done.stdout

    def collect(self, source, threads=2, extra=()):
        """Loads without measuring."""
        self.say(self.collect_command(source, threads, extra))

    def ask(self, sql):
        """Returns the cells of the first row, as text, without measuring."""
        lines = self.say(self.sql_command(sql)).splitlines()
        return lines[1].split(",")

    def compact(self):
        """Merges small files into large ones."""
        self.say([self.tidegate, "lake", "compact", "--lake", str(self.path)])

    def files(self):
        """Returns what the table says of itself: active files, bytes, row groups, commits."""
        command = [self.python, str(HERE / "lake_files.py"), str(self.path / "flows")]
        return json.loads(self.say(command))
