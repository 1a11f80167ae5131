//! The filter for what a rule admitted, seen at the interfaces of its group.

use tidegate_model::inventory::{Peer, SecurityGroupRule};

/// IANA numbers of the protocols whose rules have types in place of ports.
const ICMP: [u8; 2] = [1, 58];

/// Returns the filter. What a prefix list has in it, and types of ICMP, are not in it.
pub(super) fn admitted_by(rule: &SecurityGroupRule) -> String {
    let mut terms = vec!["action = ACCEPT".to_owned()];
    terms.push(format!("security_group_ids = {}", rule.group_id));
    // Replies go the other way: who opened the connection tells which rule let it in.
    let (opens, replies) =
        if rule.is_egress { ("egress", "ingress") } else { ("ingress", "egress") };
    terms.push(format!(
        "((direction = {opens} and initiator = src) or (direction = {replies} and initiator = dst))"
    ));
    if let Some(protocol) = rule.protocol {
        terms.push(format!("protocol = {protocol}"));
    }
    terms.extend(ports(rule));
    terms.extend(peer(rule));
    terms.join(" and ")
}

fn ports(rule: &SecurityGroupRule) -> Option<String> {
    if rule.protocol.is_none_or(|it| ICMP.contains(&it)) {
        return None;
    }
    match (rule.from_port?, rule.to_port?) {
        (0, 65_535) => None,
        (from, to) if from == to => Some(format!("server_port = {from}")),
        (from, to) => Some(format!("server_port in ({from}-{to})")),
    }
}

fn peer(rule: &SecurityGroupRule) -> Option<String> {
    let side = if rule.is_egress { "server_addr" } else { "client_addr" };
    match &rule.peer {
        Peer::Cidr(cidr) if cidr.n_bits() == 0 => None,
        Peer::Cidr(cidr) => Some(format!("{side} in {cidr}")),
        Peer::SecurityGroup(id) => Some(format!("peer_security_group_ids = {id}")),
        Peer::PrefixList(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use tidegate_model::cidr::Cidr;

    use tidegate_filter::Filter;

    use super::*;

    fn check(protocol: Option<u8>, ports: (i32, i32), peer: Peer) -> String {
        let rule = SecurityGroupRule {
            id: "sgr-1".into(),
            group_id: "sg-1".into(),
            is_egress: false,
            protocol,
            from_port: Some(ports.0),
            to_port: Some(ports.1),
            peer,
            description: String::new(),
        };
        let text = admitted_by(&rule);
        // What is linked must be read.
        let filter = Filter::parse(&text).map_err(|it| it.to_string());
        let read = filter.map_or_else(|it| it, |_| "is read".to_owned());
        format!("{}\n{read}", text.replace(" and ", "\nand "))
    }

    #[test]
    fn a_rule_is_a_filter() {
        let cidr = |it: &str| Peer::Cidr(Cidr::parse(it).unwrap());
        insta::assert_snapshot!(check(Some(6), (22, 22), cidr("10.0.0.0/8")), @"
        action = ACCEPT
        and security_group_ids = sg-1
        and ((direction = ingress
        and initiator = src) or (direction = egress
        and initiator = dst))
        and protocol = 6
        and server_port = 22
        and client_addr in 10.0.0.0/8
        is read
        ");
        insta::assert_snapshot!(check(Some(17), (1_000, 2_000), cidr("::/0")), @"
        action = ACCEPT
        and security_group_ids = sg-1
        and ((direction = ingress
        and initiator = src) or (direction = egress
        and initiator = dst))
        and protocol = 17
        and server_port in (1000-2000)
        is read
        ");
        insta::assert_snapshot!(check(None, (-1, -1), Peer::SecurityGroup("sg-2".into())), @"
        action = ACCEPT
        and security_group_ids = sg-1
        and ((direction = ingress
        and initiator = src) or (direction = egress
        and initiator = dst))
        and peer_security_group_ids = sg-2
        is read
        ");
        insta::assert_snapshot!(check(Some(1), (8, -1), Peer::PrefixList("pl-1".into())), @"
        action = ACCEPT
        and security_group_ids = sg-1
        and ((direction = ingress
        and initiator = src) or (direction = egress
        and initiator = dst))
        and protocol = 1
        is read
        ");
    }
}
