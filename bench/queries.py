"""The eight questions, as each engine's users write them, and whether two answers agree.

Where an engine has a faster way to say the same, it is given that way: DuckDB finds a /16 by the
beginning of the text, and cuts minutes with whole numbers instead of a calendar.
"""

import csv
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question; `{address}` and `{network}` stand for values taken from what is stored."""

    name: str
    tidegate: str
    duckdb: str


def same(name, sql):
    """Returns a question that both engines are asked in the same words."""
    return Question(name, sql, sql)


QUESTIONS = [
    same(
        "SSH and RDP rows",
        'SELECT srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, "end", action '
        "FROM flows WHERE srcport IN (22, 3389) OR dstport IN (22, 3389) ORDER BY start ASC",
    ),
    same(
        "top talkers, both ways",
        "SELECT ip, sum(bytes) AS total_bytes FROM (SELECT dstaddr AS ip, sum(bytes) AS bytes "
        "FROM flows GROUP BY 1 UNION ALL SELECT srcaddr AS ip, sum(bytes) AS bytes FROM flows "
        "GROUP BY 1) AS ends WHERE ip IS NOT NULL GROUP BY ip "
        "ORDER BY total_bytes DESC, ip LIMIT 10",
    ),
    same(
        "HTTPS packets by server",
        "SELECT dstaddr, sum(packets) AS packetcount FROM flows WHERE dstport = 443 "
        "GROUP BY dstaddr ORDER BY packetcount DESC, dstaddr LIMIT 10",
    ),
    Question(
        "rejects per minute",
        "SELECT date_trunc('minute', start) AS minute, count(*) AS n FROM flows "
        "WHERE action = 'REJECT' GROUP BY 1 ORDER BY 1",
        "SELECT make_timestamp(epoch_us(start) // 60000000 * 60000000) AS minute, count(*) AS n "
        "FROM flows WHERE action = 'REJECT' GROUP BY 1 ORDER BY 1",
    ),
    same(
        "distinct ports per source",
        "SELECT srcaddr, count(DISTINCT dstport) AS ports FROM flows WHERE srcaddr IS NOT NULL "
        "GROUP BY srcaddr ORDER BY ports DESC, srcaddr LIMIT 20",
    ),
    same(
        "one address, all time",
        "SELECT count(*) AS n, sum(bytes) AS bytes, min(start) AS first, max(start) AS last "
        "FROM flows WHERE srcaddr = '{address}' OR dstaddr = '{address}'",
    ),
    Question(
        "a CIDR",
        "SELECT count(*) AS n, sum(bytes) AS bytes FROM flows "
        "WHERE cidr_contains('{network}.0.0/16', dstaddr)",
        "SELECT count(*) AS n, sum(bytes) AS bytes FROM flows "
        "WHERE starts_with(dstaddr, '{network}.')",
    ),
    same("a count", "SELECT count(*) AS n FROM flows"),
]

PICK_ADDRESS = (
    "SELECT srcaddr FROM flows WHERE srcaddr NOT LIKE '%:%' GROUP BY 1 "
    "ORDER BY abs(count(*) - 100), srcaddr LIMIT 1"
)
"""An address of about a hundred records: what somebody looks for after an alert."""

PICK_NETWORK = (
    "SELECT dstaddr FROM flows WHERE dstaddr NOT LIKE '%:%' AND dstaddr NOT LIKE '10.%' "
    "GROUP BY 1 ORDER BY count(*) DESC, dstaddr LIMIT 1"
)
"""The busiest public address; its /16 is the CIDR."""

TIME = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?(?:Z|\+00(?::?00)?)?")


def normal(cell):
    """Returns a cell in one spelling: times without their zone, which is UTC for all."""
    match = TIME.fullmatch(cell)
    return f"{match[1]}T{match[2]}" if match else cell


def rows(path):
    """Returns the sorted rows of a CSV file, header left out, cells in one spelling."""
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader, None)
        return sorted([normal(cell) for cell in row] for row in reader)


def difference(ours, theirs):
    """Returns nothing if both lists of rows are the same, else a sentence that says where not."""
    if len(ours) != len(theirs):
        return f"{len(ours)} rows against {len(theirs)}"
    for our_row, their_row in zip(ours, theirs):
        if our_row != their_row:
            return f"{our_row} against {their_row}"
    return None


FLOWS = """
    SELECT interface_id, (initiator = 'src') <> (direction = 'ingress') AS is_egress, protocol,
        CASE WHEN initiator = 'src' THEN dstport ELSE srcport END AS port,
        CASE WHEN direction = 'ingress' THEN srcaddr ELSE dstaddr END AS peer,
        min(start) AS first, max("end") AS last,
        min(CASE WHEN initiator = 'src' THEN srcport ELSE dstport END) AS from_port,
        max(CASE WHEN initiator = 'src' THEN srcport ELSE dstport END) AS to_port,
        max(initiator_confidence) AS confidence, count(*) AS n_records,
        sum(CASE WHEN initiator = 'src' THEN 1 ELSE 0 END) AS n_connections,
        sum(CASE WHEN initiator <> 'src' THEN 1 ELSE 0 END) AS n_replies,
        max(CASE WHEN initiator = 'src' THEN (bytes + packets - 1) // packets END) AS request_size,
        max(CASE WHEN initiator <> 'src' THEN (bytes + packets - 1) // packets END) AS reply_size,
        sum(bytes) AS bytes
    FROM flows WHERE action = 'ACCEPT' AND initiator IN ('src', 'dst')
        AND direction IN ('ingress', 'egress') GROUP BY ALL"""
"""What judging security groups asks first, of the same columns, as one aggregate of all records."""
