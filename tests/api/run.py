"""Puts questions of every kind to a real server, made from its own description of the API.

usage: run.py PROGRAM

Makes a small world, serves it, and lets schemathesis ask: well-formed and broken parameters, bodies and
addresses. Fails if the server ever answers with 500 or more (but 503, 504 and 507, which are limits), in
another form than it says, or ends. The last line counts.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

EXAMPLES_PER_OPERATION = 5
SECONDS_MAX = 600
# A small world is made in seconds.
PREPARE_SECONDS_MAX = 120
# A server listens at once.
LISTEN_SECONDS_MAX = 60
# Streams of events have no end.
STREAMS = "events|tail"


def serve(program: str, lake: Path, said: Path) -> tuple[subprocess.Popen, str]:
    """Starts a server over the lake; returns it and its address. What it says goes into a file: nobody
    reads a pipe while it is asked, and a full one would stop it."""
    with said.open("wb") as file:
        server = subprocess.Popen(
            [program, "--lake", lake, "serve", "--listen", "127.0.0.1:0", "--now", "2026-03-03T00:00:00Z"],
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    until = time.monotonic() + LISTEN_SECONDS_MAX
    while server.poll() is None and time.monotonic() < until:
        found = re.search(r"http://[\w.:]+\d(?=/)", said.read_text(errors="replace"))
        if found:
            return server, found.group()
        time.sleep(0.05)
    server.kill()
    server.wait()
    raise SystemExit(f"api: the server does not listen: {said.read_text(errors='replace')}")


def main() -> int:
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world"
        subprocess.run(
            [program, "--quiet", "demo", "--records", "20000", "--no-serve", "--dir", world],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=PREPARE_SECONDS_MAX,
        )
        described = subprocess.run(
            [program, "serve", "openapi"],
            check=True,
            capture_output=True,
            text=True,
            timeout=PREPARE_SECONDS_MAX,
        ).stdout
        description = Path(folder) / "openapi.json"
        description.write_text(described)
        said = Path(folder) / "said"
        server, address = serve(program, world / "lake", said)
        try:
            status = ask(description, address, folder)
        finally:
            is_alive = server.poll() is None
            stop(server)
    n_operations = sum(len(it) for it in json.loads(described)["paths"].values())
    if not is_alive:
        print("api: the server ended while it was asked")
        status = 1
    n_failed = int(status != 0)
    print(f"api: {n_operations} operations described; {1 - n_failed} passed, {n_failed} failed")
    return status


def stop(server: subprocess.Popen) -> None:
    """Ends the server, in peace if it does."""
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def ask(description: Path, address: str, folder: str) -> int:
    """Runs schemathesis; returns its exit code."""
    schemathesis = Path(sys.executable).with_name("st")
    checks = "not_a_server_error,content_type_conformance,response_schema_conformance"
    command = [
        schemathesis, "run", description, "--url", address,
        "--checks", checks,
        "--phases", "coverage,fuzzing",
        "--max-examples", str(EXAMPLES_PER_OPERATION),
        "--seed", "1",
        "--generation-database", "none",
        "--exclude-path-regex", STREAMS,
        "--header", "x-tidegate: 1",
        "--request-timeout", "60",
        "--no-color",
    ]  # fmt: skip
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": ""}
    asked = subprocess.run(
        command, cwd=folder, env=environment, timeout=SECONDS_MAX, capture_output=True, text=True
    )
    print(asked.stdout[-6000:])
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
