"""One measured run of DuckDB, in a process of its own: `engine_duckdb.py JOB`, JOB being JSON.

Jobs: `start` does nothing, so that the cost of the process itself is known; `load` turns gzip text
into zstd Parquet; `join` does so with columns of context, as far as joins can give them; `query` answers one question over Parquet files and writes CSV.
"""

import json
import sys
import time

import duckdb
import fields


def read_type(name):
    """Returns the type that the CSV reader parses the field as."""
    if name in fields.INT32:
        return "INTEGER"
    if name in fields.INT64 or name in fields.TIME:
        return "BIGINT"
    return "VARCHAR"


def select_item(name):
    """Returns the expression that gives the column its name and its type in the table."""
    if name in fields.TIME:
        return f'make_timestamp("{name}" * 1000000) AS "{fields.column(name)}"'
    return f'"{name}" AS "{fields.column(name)}"'


def records(job):
    """Returns the query that reads every object below the folder."""
    names = fields.FORMATS[job["format"]]
    columns = ", ".join(f"'{name}': '{read_type(name)}'" for name in names)
    items = ", ".join(select_item(name) for name in names)
    return f"""SELECT {items} FROM read_csv('{job["input"]}/**/*.log.gz', columns = {{{columns}}},
            delim = ' ', header = true, nullstr = '-', quote = '', escape = '',
            auto_detect = false, compression = 'gzip')"""


def load(connection, job):
    """Reads every object below the folder and writes one Parquet file."""
    connection.execute(f"""
        COPY ({records(job)}) TO '{job["output"]}' (FORMAT parquet, COMPRESSION zstd)""")


def join(connection, job):
    """Loads with the columns that joins can give: the interface and the peer with their groups, the
    direction by address, the autonomous systems of both ends.

    Who opened a connection and which record counts are no joins; nor is the moment kept, since the
    listings have one only. So this is less than Tidegate does.
    """
    connection.execute(f"""
        CREATE MACRO number(a) AS (CASE WHEN a LIKE '%.%' THEN
            split_part(a, '.', 1)::BIGINT * 16777216 + split_part(a, '.', 2)::BIGINT * 65536
            + split_part(a, '.', 3)::BIGINT * 256 + split_part(a, '.', 4)::BIGINT END);
        CREATE TABLE listed AS SELECT unnest(NetworkInterfaces) AS it
            FROM read_json('{job["network"]}/describe-network-interfaces.json');
        CREATE TABLE interfaces AS SELECT it.NetworkInterfaceId AS id, it.VpcId AS vpc,
            it.SubnetId AS subnet, it.InterfaceType AS type, it.PrivateIpAddress AS address,
            it.Attachment.InstanceId AS instance,
            list_transform(it.Groups, lambda g: g.GroupId) AS groups FROM listed;
        CREATE TABLE addresses AS SELECT any_value(id) AS id, any_value(groups) AS groups, address
            FROM interfaces GROUP BY address;
        CREATE TABLE systems AS SELECT number(a) AS first, number(b) AS last, n AS as_number, name
            FROM read_csv('{job["geo"]}/asn-ipv4.csv', header = false,
                columns = {{'a': 'VARCHAR', 'b': 'VARCHAR', 'n': 'BIGINT', 'name': 'VARCHAR'}});""")
    connection.execute(f"""
        COPY (
            WITH records AS ({records(job)}),
            placed AS (SELECT r.*, o.vpc AS own_vpc, o.subnet AS own_subnet, o.type AS own_type,
                    o.instance AS own_instance, o.groups AS security_group_ids,
                    CASE WHEN o.address = dstaddr THEN 'ingress'
                        WHEN o.address = srcaddr THEN 'egress' END AS direction,
                    CASE WHEN o.address = dstaddr THEN srcaddr ELSE dstaddr END AS peer_address,
                    number(srcaddr) AS src_number, number(dstaddr) AS dst_number
                FROM records r LEFT JOIN interfaces o ON o.id = r.interface_id)
            SELECT p.* EXCLUDE (peer_address, src_number, dst_number),
                a.id AS peer_interface_id, a.groups AS peer_security_group_ids,
                CASE WHEN src_number <= s.last THEN s.as_number END AS src_as_number,
                CASE WHEN src_number <= s.last THEN s.name END AS src_as_name,
                CASE WHEN dst_number <= d.last THEN d.as_number END AS dst_as_number,
                CASE WHEN dst_number <= d.last THEN d.name END AS dst_as_name
            FROM placed p LEFT JOIN addresses a ON a.address = p.peer_address
            ASOF LEFT JOIN systems s ON p.src_number >= s.first
            ASOF LEFT JOIN systems d ON p.dst_number >= d.first
        ) TO '{job["output"]}' (FORMAT parquet, COMPRESSION zstd)""")


def query(connection, job):
    """Answers one question and writes it as CSV; prints the seconds without start-up."""
    files = ", ".join(f"'{path}'" for path in job["files"])
    connection.execute("SET TimeZone = 'UTC'")
    begun = time.perf_counter()
    connection.execute(f"""
        CREATE VIEW flows AS SELECT * FROM read_parquet([{files}], union_by_name = true,
            hive_partitioning = true, hive_types = {{'date': 'DATE'}})""")
    connection.execute(f"COPY ({job['sql']}) TO '{job['output']}' (FORMAT csv, HEADER)")
    print(json.dumps({"engine_s": time.perf_counter() - begun}))


def main():
    """Does the job that the command line names."""
    job = json.loads(sys.argv[1])
    connection = duckdb.connect()
    connection.execute(f"SET threads = {job['threads']}")
    if job["job"] == "load":
        load(connection, job)
    elif job["job"] == "join":
        join(connection, job)
    elif job["job"] == "query":
        query(connection, job)
    elif job["job"] != "start":
        raise SystemExit(f"unknown job `{job['job']}`")


main()
