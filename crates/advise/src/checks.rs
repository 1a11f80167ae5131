//! What rules say by themselves that many a guideline forbids, by the names that people know.
//!
//! | control | what it forbids |
//! |---|---|
//! | EC2.2 | a default group with rules |
//! | EC2.13, EC2.14 | the world on SSH, on remote desktop |
//! | EC2.18 | the world on anything but the ports that are meant for it |
//! | EC2.19 | the world on ports of high risk |
//!
//! Names are of "AWS Security Hub controls" and of CIS AWS Foundations Benchmark 3.0.

use hashbrown::HashMap;
use tidegate_model::inventory::{Inventory, Peer, SecurityGroupRule};

use crate::flow::{TCP, UDP};
use crate::report::RuleAdvice;
use crate::usage::Use;
use crate::verdict::Verdict;

/// Ports that are meant for the world, as EC2.18 has them unless somebody sets others.
const PUBLIC_PORTS: &[u16] = &[80, 443];

/// Ports of administration and databases that are not for the world, with what they are for:
/// EC2.19, Trusted Advisor's "Specific Ports Unrestricted", and what scanners look for.
#[rustfmt::skip]
pub const RISKY_PORTS: &[(u16, &str)] = &[
    (20, "FTP"), (21, "FTP"), (22, "SSH"), (23, "Telnet"), (25, "SMTP"), (110, "POP3"), (135, "RPC"),
    (143, "IMAP"), (445, "SMB"), (1433, "SQL Server"), (1434, "SQL Server"), (1521, "Oracle"),
    (2375, "Docker"), (2483, "Oracle"), (3000, "development servers"), (3306, "MySQL"),
    (3389, "remote desktop"), (4333, "mSQL"), (5000, "development servers"), (5432, "PostgreSQL"),
    (5500, "VNC"), (5601, "Kibana"), (5900, "VNC"), (6379, "Redis"), (7199, "Cassandra"),
    (8080, "HTTP proxy"), (8088, "HTTP"), (8888, "HTTP"), (9042, "Cassandra"), (9092, "Kafka"),
    (9160, "Cassandra"), (9200, "Elasticsearch"), (9300, "Elasticsearch"), (11211, "Memcached"),
    (27017, "MongoDB"), (27018, "MongoDB"),
];

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To be looked at.
    Low,
    /// To be mended.
    Medium,
    /// To be mended soon.
    High,
    /// To be mended now.
    Critical,
}

impl Severity {
    /// Returns the word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// What a rule or a group says that a guideline forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// A name for programs: `world-open-ssh`.
    pub check: &'static str,
    /// The controls that forbid it, as `EC2.13` and `CIS 5.2`.
    pub controls: &'static [&'static str],
    /// How bad it is.
    pub severity: Severity,
    /// `sg-...`.
    pub group_id: String,
    /// Name of the group.
    pub group_name: String,
    /// The rule, if it is about one.
    pub rule_id: Option<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What the traffic says about it, in a sentence; empty if nothing.
    pub observed: String,
}

/// Returns what rules and groups say that guidelines forbid, in the order of groups and rules.
pub(crate) fn findings(inventory: &Inventory, rules: &[RuleAdvice]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = rules.iter().flat_map(of_rule).collect();
    let mut by_group: HashMap<&str, usize> = HashMap::new();
    for advice in rules {
        *by_group.entry(advice.rule.group_id.as_str()).or_default() += 1;
    }
    let groups = inventory.security_groups.iter().filter(|it| it.validity.is_open());
    for group in groups.map(|it| &it.value).filter(|it| it.name == "default") {
        let n_rules = by_group.get(group.id.as_str()).copied().unwrap_or(0);
        if n_rules == 0 {
            continue;
        }
        findings.push(Finding {
            check: "default-group-open",
            controls: &["EC2.2", "CIS 5.4"],
            severity: Severity::High,
            group_id: group.id.clone(),
            group_name: group.name.clone(),
            rule_id: None,
            message: format!("the default group of {} has {n_rules} rules", group.vpc_id),
            observed: String::new(),
        });
    }
    findings.sort_by(|a, b| (&a.group_id, &a.rule_id).cmp(&(&b.group_id, &b.rule_id)));
    findings
}

fn of_rule(advice: &RuleAdvice) -> Vec<Finding> {
    let rule = &advice.rule;
    let Some(world) = world(rule).filter(|_| !rule.is_egress) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut add = |check, controls, severity, message: String| {
        findings.push(Finding {
            check,
            controls,
            severity,
            group_id: rule.group_id.clone(),
            group_name: advice.group_name.clone(),
            rule_id: Some(rule.id.clone()),
            message,
            observed: observed(&advice.verdict, &advice.used),
        });
    };
    let is_all = rule.protocol.is_none();
    if is_all {
        let message = "the world may use every protocol and port".to_owned();
        add("world-open-all", ALL[world], Severity::Critical, message);
        return findings;
    }
    let risky: Vec<(u16, &str)> =
        RISKY_PORTS.iter().copied().filter(|it| admits_port(rule, it.0)).collect();
    for (port, check, controls) in ADMIN {
        if admits_port(rule, *port) {
            let what = risky.iter().find(|it| it.0 == *port).map_or("", |it| it.1);
            add(
                check,
                controls[world],
                Severity::High,
                format!("the world may use {what} ({port})"),
            );
        }
    }
    let others = risky.iter().filter(|it| ADMIN.iter().all(|admin| admin.0 != it.0));
    let others: Vec<String> = others.map(|it| format!("{} ({})", it.1, it.0)).collect();
    if !others.is_empty() {
        let message = format!("the world may use {}", others.join(", "));
        add("world-open-risky", &["EC2.19"], Severity::Critical, message);
    }
    if risky.is_empty() && !is_public_service(rule) {
        let ports = ports_text(rule);
        add("world-open-port", &["EC2.18"], Severity::High, format!("the world may use {ports}"));
    }
    findings
}

/// A port, the name of its check, and the controls for the world of IPv4 and of IPv6.
type Admin = (u16, &'static str, [&'static [&'static str]; 2]);

/// Ports with a control of their own.
const ADMIN: &[Admin] = &[
    (22, "world-open-ssh", [&["EC2.13", "EC2.19", "CIS 5.2"], &["EC2.13", "EC2.19", "CIS 5.3"]]),
    (3389, "world-open-rdp", [&["EC2.14", "EC2.19", "CIS 5.2"], &["EC2.14", "EC2.19", "CIS 5.3"]]),
];

/// Controls that forbid everything to the world of IPv4 and of IPv6.
const ALL: [&[&str]; 2] = [&["EC2.18", "EC2.19", "CIS 5.2"], &["EC2.18", "EC2.19", "CIS 5.3"]];

/// Returns which world a rule is open to: 0 for that of IPv4, 1 for that of IPv6.
fn world(rule: &SecurityGroupRule) -> Option<usize> {
    match rule.peer {
        Peer::Cidr(cidr) if cidr.n_bits() == 0 => Some(usize::from(cidr.first().is_ipv6())),
        _ => None,
    }
}

fn admits_port(rule: &SecurityGroupRule, port: u16) -> bool {
    let (from, to) = (rule.from_port.unwrap_or(0), rule.to_port.unwrap_or(i32::from(u16::MAX)));
    rule.protocol == Some(TCP) && (from..=to).contains(&i32::from(port))
}

/// Returns whether a rule admits nothing but what is meant for the world.
fn is_public_service(rule: &SecurityGroupRule) -> bool {
    match rule.protocol {
        Some(TCP | UDP) => {
            let is_one = rule.from_port.is_some() && rule.from_port == rule.to_port;
            let is_public = |it: &u16| rule.from_port == Some(i32::from(*it));
            is_one && PUBLIC_PORTS.iter().any(is_public)
        }
        // No control is about pings.
        _ => true,
    }
}

/// Returns protocol and ports of a rule in words.
pub(crate) fn ports_text(rule: &SecurityGroupRule) -> String {
    let protocol = match rule.protocol {
        None => "every protocol".to_owned(),
        some => crate::flow::protocol_name(some),
    };
    match (rule.from_port, rule.to_port) {
        (None | Some(-1), _) => protocol,
        (Some(from), Some(to)) if from != to => format!("{protocol} {from}-{to}"),
        (Some(from), _) => format!("{protocol} {from}"),
    }
}

fn observed(verdict: &Verdict, used: &Use) -> String {
    match verdict {
        Verdict::Used => {
            format!("used by {} addresses, {} connections", used.n_peers, used.n_answered)
        }
        Verdict::AttemptOnly => format!("{} attempts, nobody answered", used.n_attempts),
        Verdict::Unused => "nothing used it".to_owned(),
        Verdict::NoOp(no_op) => no_op.words().to_owned(),
        Verdict::Redundant { .. } | Verdict::Unprovable(_) => String::new(),
    }
}
