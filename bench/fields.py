"""The two formats that are measured, and what type each field has.

Tidegate gets the formats as strings and finds everything else out itself; its peers have to be
told the columns, so this is where their schema comes from.
"""

DEFAULT = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
    "start end action log-status"
).split()

CUSTOM = DEFAULT + (
    "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id "
    "sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction "
    "traffic-path"
).split()

FORMATS = {"default": DEFAULT, "custom": CUSTOM}

INT32 = {"version", "srcport", "dstport", "protocol", "tcp-flags", "traffic-path"}
INT64 = {"packets", "bytes"}
TIME = {"start", "end"}


def column(name):
    """Returns the name that a column has in SQL, the same as in Tidegate's lake."""
    return name.replace("-", "_")


def format_string(names):
    """Returns the log format as AWS writes it: `${version} ${account-id} ...`."""
    return " ".join("${" + name + "}" for name in names)
