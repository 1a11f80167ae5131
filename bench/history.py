"""A large network with a year of changes, as snapshots of AWS Config: one a month.

Each month a third of the interfaces changes its security groups. Nothing here is drawn by chance.
"""

import json

INTERFACES = 100_000
QUICK_INTERFACES = 1_000

MONTHS = [(2025, month) for month in range(4, 13)] + [(2026, month) for month in range(1, 4)]

GROUPS = 2_500


def interface(number, moment):
    """Returns what AWS Config says of an interface after so many months."""
    changes = moment if number % 3 == 0 else 0
    groups = {(number * 7 + at * 13 + changes) % GROUPS for at in range(1 + number % 3)}
    eni = f"eni-{number:017x}"
    address = f"10.{number // 62_500}.{number // 250 % 250}.{number % 250 + 2}"
    year, month = MONTHS[moment]
    return {
        "resourceType": "AWS::EC2::NetworkInterface",
        "resourceId": eni,
        "awsAccountId": "123456789012",
        "awsRegion": "us-east-1",
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": f"{year}-{month:02}-01T00:00:00.000Z",
        "configuration": {
            "networkInterfaceId": eni,
            "interfaceType": "interface",
            "status": "in-use",
            "ownerId": "123456789012",
            "vpcId": f"vpc-{number // 20_000:017x}",
            "subnetId": f"subnet-{number // 200:017x}",
            "privateIpAddress": address,
            "privateIpAddresses": [{"privateIpAddress": address, "primary": True}],
            "ipv6Addresses": [],
            "groups": [{"groupId": f"sg-{it:017x}"} for it in sorted(groups)],
            "attachment": {"instanceId": f"i-{number:017x}"},
            "sourceDestCheck": True,
            "tagSet": [{"key": "Name", "value": f"host-{number}"}],
        },
    }


def write(folder, n_interfaces):
    """Writes a snapshot for each month and returns how many states there are."""
    folder.mkdir(parents=True)
    n_states = 0
    for moment in range(len(MONTHS)):
        changed = [it for it in range(n_interfaces) if moment == 0 or it % 3 == 0]
        items = [interface(it, moment) for it in changed]
        path = folder / f"config-{moment:02}.json"
        path.write_text(json.dumps({"fileVersion": "1.0", "configurationItems": items}))
        n_states += len(items)
    return n_states
