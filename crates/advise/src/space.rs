//! How much can reach some groups, and be reached from them: addresses times ports.

use tidegate_model::cidr::Cidr;
use tidegate_network::{Network, Rule, RulePeer, Symbol};

use crate::flow::{TCP, UDP};
use crate::ruleset::Ruleset;
use crate::shadow::port_range;

/// Addresses times ports, of both families apart.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Space {
    /// Of IPv4.
    pub v4: f64,
    /// Of IPv6.
    pub v6: f64,
}

impl Space {
    /// Returns the space of the rules of some groups. What rules have in common is counted as often
    /// as rules admit it; a group that is named counts as its interfaces' addresses.
    pub(crate) fn of(
        network: &Network,
        ruleset: &Ruleset,
        groups: &[Symbol],
        moment_us: i64,
    ) -> Self {
        let rules = groups.iter().flat_map(|it| ruleset.rules(*it)).copied();
        Self::of_rules(network, rules, moment_us)
    }

    /// Returns the space of some rules.
    pub(crate) fn of_rules(
        network: &Network,
        rules: impl Iterator<Item = Rule>,
        moment_us: i64,
    ) -> Self {
        let mut space = Self::default();
        for rule in rules {
            space.add(network, &rule, moment_us);
        }
        space
    }

    fn add(&mut self, network: &Network, rule: &Rule, moment_us: i64) {
        let n_ports = n_ports(rule);
        match rule.peer {
            RulePeer::Cidr(cidr) => self.add_block(cidr, n_ports),
            RulePeer::PrefixList(id) => {
                let entries = network.prefix_list(id, moment_us).unwrap_or_default();
                for entry in entries {
                    self.add_block(*entry, n_ports);
                }
            }
            RulePeer::SecurityGroup(group) => {
                let carries =
                    |it: &&tidegate_network::InterfaceAt| network.group_ids(it).contains(&group);
                let all = network.interfaces().filter_map(|it| network.at(it, moment_us));
                let n_members = all.filter(carries).count();
                self.v4 += f64::from(u32::try_from(n_members).unwrap_or(u32::MAX)) * n_ports;
            }
        }
    }

    fn add_block(&mut self, cidr: Cidr, n_ports: f64) {
        let (bits, sum) =
            if cidr.first().is_ipv4() { (32, &mut self.v4) } else { (128, &mut self.v6) };
        let n_free = i32::try_from(bits - cidr.n_bits()).unwrap_or(0);
        *sum += 2_f64.powi(n_free) * n_ports;
    }
}

/// Returns how many ports of how many protocols a rule admits; all protocols are TCP, UDP and one.
fn n_ports(rule: &Rule) -> f64 {
    match rule.protocol {
        None => 2.0 * 65_536.0 + 1.0,
        Some(TCP | UDP) => {
            let (from, to) = port_range(rule);
            f64::from(to - from + 1)
        }
        Some(_) => 1.0,
    }
}
