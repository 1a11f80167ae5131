"""A network with many security groups: the synthetic one, and more groups on the same interfaces.

What is added admits nothing that comes: the question is what judging rules costs, not what they say.
"""

import json
import shutil

GROUPS = 500
RULES = 5_000

GROUPS_OF_INTERFACE = 16
"""As many as AWS lets an interface have."""


def write(source, folder):
    """Copies the listings of a synthetic network and adds groups until there are `GROUPS`."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder)
    groups = load(folder, "security-groups")
    rules = load(folder, "security-group-rules")
    interfaces = load(folder, "network-interfaces")
    all_groups = groups["SecurityGroups"]
    all_rules = rules["SecurityGroupRules"]
    free = [it for it in interfaces["NetworkInterfaces"] if it["Groups"]]
    n_new = GROUPS - len(all_groups)
    for number in range(n_new):
        interface = free[number % len(free)]
        vpc = interface["VpcId"]
        new = group(number, vpc, all_groups[0]["OwnerId"])
        n_rules = (RULES - len(all_rules)) // (n_new - number)
        new_rules = [rule(new["GroupId"], number, at) for at in range(n_rules)]
        new["IpPermissions"] = [permission(it) for it in new_rules]
        all_groups.append(new)
        all_rules.extend(new_rules)
        if len(interface["Groups"]) < GROUPS_OF_INTERFACE:
            interface["Groups"].append({"GroupId": new["GroupId"], "GroupName": new["GroupName"]})
    for name, listing in (
        ("security-groups", groups),
        ("security-group-rules", rules),
        ("network-interfaces", interfaces),
    ):
        path(folder, name).write_text(json.dumps(listing))
    return len(all_groups), len(all_rules)


def path(folder, name):
    """Returns where a listing is."""
    return folder / f"describe-{name}.json"


def load(folder, name):
    """Returns a listing."""
    return json.loads(path(folder, name).read_text())


def group(number, vpc, owner):
    """Returns a security group without rules."""
    return {
        "GroupId": f"sg-{number:017x}",
        "GroupName": f"team-{number}",
        "Description": "one of many",
        "VpcId": vpc,
        "OwnerId": owner,
        "IpPermissions": [],
        "IpPermissionsEgress": [],
        "Tags": [],
    }


def rule(group_id, number, at):
    """Returns a rule that no traffic of the synthetic network needs."""
    port = 20_000 + number * 7 % 5_000 + at
    return {
        "SecurityGroupRuleId": f"sgr-{number * 1_000 + at:017x}",
        "GroupId": group_id,
        "IsEgress": False,
        "IpProtocol": "tcp",
        "FromPort": port,
        "ToPort": port + 3,
        "CidrIpv4": f"172.{16 + at % 16}.{number % 250}.0/24",
        "Tags": [],
    }


def permission(it):
    """Returns a rule as the listing of groups has it."""
    return {
        "IpProtocol": it["IpProtocol"],
        "FromPort": it["FromPort"],
        "ToPort": it["ToPort"],
        "IpRanges": [{"CidrIp": it["CidrIpv4"]}],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
    }
