//! The kinds of things that have a page, and how records of each are asked for.

use std::net::IpAddr;

use tidegate_filter::value_text;
use tidegate_model::names;

use super::EntityView;
use crate::problem::{Code, Problem};

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Address,
    Interface,
    Instance,
    SecurityGroup,
    Subnet,
    Vpc,
    Account,
    Port,
    As,
    Country,
}

/// The longest identifier.
const ID_CHARS_MAX: usize = 200;

impl Kind {
    const ALL: [Self; 10] = [
        Self::Address,
        Self::Interface,
        Self::Instance,
        Self::SecurityGroup,
        Self::Subnet,
        Self::Vpc,
        Self::Account,
        Self::Port,
        Self::As,
        Self::Country,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Interface => "interface",
            Self::Instance => "instance",
            Self::SecurityGroup => "security-group",
            Self::Subnet => "subnet",
            Self::Vpc => "vpc",
            Self::Account => "account",
            Self::Port => "port",
            Self::As => "as",
            Self::Country => "country",
        }
    }

    pub(super) fn find(name: &str) -> Result<Self, Problem> {
        Self::ALL.into_iter().find(|it| it.name() == name).ok_or_else(|| {
            let shown: String = name.chars().take(40).collect();
            let names = Self::ALL.map(Self::name).join(", ");
            Problem::new(Code::NotFound, format!("there is no kind of thing `{shown}`"))
                .hint(format!("there are {names}"))
        })
    }

    /// Returns the identifier in its usual spelling.
    pub(super) fn check(self, id: &str) -> Result<String, Problem> {
        let wrong = |what: &str| {
            let shown: String = id.chars().take(60).collect();
            Problem::new(Code::NotFound, format!("`{shown}` is no {what}"))
        };
        if id.is_empty() || id.chars().count() > ID_CHARS_MAX || id.chars().any(char::is_control) {
            return Err(wrong("identifier"));
        }
        match self {
            Self::Address => {
                let address = id.parse::<IpAddr>().map_err(|_| wrong("address"))?;
                Ok(address.to_string())
            }
            Self::Port => {
                let port = id.parse::<u16>().map_err(|_| wrong("port: 0 to 65535"))?;
                Ok(port.to_string())
            }
            Self::As => {
                let digits = id.trim_start_matches("AS").trim_start_matches("as");
                let number = digits.parse::<u32>().map_err(|_| wrong("number of an AS"))?;
                Ok(number.to_string())
            }
            Self::Country => {
                let is_code = id.len() == 2 && id.bytes().all(|it| it.is_ascii_alphabetic());
                if is_code { Ok(id.to_uppercase()) } else { Err(wrong("country code")) }
            }
            _ => Ok(id.to_owned()),
        }
    }

    /// Returns the filter of all its records.
    pub(super) fn filter(self, id: &str) -> String {
        let value = value_text(id);
        match self {
            Self::Address => format!("addr = {value}"),
            Self::Interface => format!("interface_id = {value}"),
            Self::Instance => format!("instance_id = {value}"),
            Self::SecurityGroup => format!("security_group_ids = {value}"),
            Self::Subnet => format!("subnet_id = {value}"),
            Self::Vpc => format!("vpc_id = {value}"),
            Self::Account => format!("account_id = {value}"),
            Self::Port => format!("server_port = {value}"),
            Self::As => format!("as = {value}"),
            Self::Country => format!("country = {value}"),
        }
    }

    /// Returns the ways to ask about it.
    pub(super) fn views(self, id: &str) -> Vec<EntityView> {
        let all = self.filter(id);
        let view = |name: &str, q: String, peer: &str| EntityView {
            name: name.to_owned(),
            q,
            peer: peer.to_owned(),
            port: "server_port".to_owned(),
        };
        let value = value_text(id);
        let mut views = match self {
            Self::Address => vec![
                view("As client", format!("client_addr = {value}"), "server_addr"),
                view("As server", format!("server_addr = {value}"), "client_addr"),
            ],
            Self::Port => vec![view("Clients", all.clone(), "client_addr")],
            Self::As | Self::Country => {
                let field = if self == Self::As { "as_number" } else { "country_code" };
                vec![
                    view("From there", format!("src_{field} = {value}"), "dstaddr"),
                    view("To there", format!("dst_{field} = {value}"), "srcaddr"),
                ]
            }
            _ => {
                let opened = "((direction = ingress and initiator = src) or \
                              (direction = egress and initiator = dst))";
                let opens = "((direction = egress and initiator = src) or \
                             (direction = ingress and initiator = dst))";
                vec![
                    view("As server", format!("{all} and {opened}"), "client_addr"),
                    view("As client", format!("{all} and {opens}"), "server_addr"),
                ]
            }
        };
        let peer = if self == Self::Port { "server_addr" } else { "client_addr" };
        views.push(view("Rejected", format!("{all} and action = REJECT"), peer));
        views.push(view("All", all, peer));
        views
    }

    /// Returns what to call it if nobody named it; its kind stands beside that.
    pub(super) fn title(self, id: &str) -> String {
        match self {
            Self::Port => match id.parse().ok().and_then(names::service_of_port) {
                Some(service) => format!("{id} ({service})"),
                None => id.to_owned(),
            },
            Self::As => format!("AS{id}"),
            _ => id.to_owned(),
        }
    }

    /// Returns its table of the inventory, and the condition that a row is about it.
    pub(super) fn rows(self, id: &str) -> Option<(&'static str, String)> {
        let id = id.replace('\'', "''");
        let own = format!("id = '{id}'");
        Some(match self {
            Self::Interface => ("interfaces", own),
            Self::Instance => ("instances", own),
            Self::SecurityGroup => ("security_groups", own),
            Self::Subnet => ("subnets", own),
            Self::Vpc => ("vpcs", own),
            Self::Address => {
                let lists = ["private_addresses", "ipv6_addresses", "public_addresses"];
                let lists = lists.map(|it| format!("array_has({it}, '{id}')")).join(" OR ");
                ("interfaces", format!("primary_address = '{id}' OR {lists}"))
            }
            Self::Account | Self::Port | Self::As | Self::Country => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use tidegate_filter::Filter;

    use super::*;

    #[test]
    fn every_view_of_every_kind_is_a_filter() {
        let ids = ["10.0.0.1", "eni-1", "i-1", "sg-1", "subnet-1", "vpc-1", "123456789012", "443"];
        let ids = ids.into_iter().chain(["15169", "US"]);
        for (kind, id) in Kind::ALL.into_iter().zip(ids) {
            let id = kind.check(id).unwrap();
            for view in kind.views(&id) {
                let read = Filter::parse(&view.q);
                assert!(read.is_ok(), "{}: {read:?}", view.q);
            }
        }
    }

    #[test]
    fn an_identifier_is_checked_and_spelled_as_usual() {
        let check = |kind: Kind, id: &str| kind.check(id).map_err(|it| it.message().to_owned());
        assert_eq!(check(Kind::Address, "2001:DB8::0:1"), Ok("2001:db8::1".into()));
        assert_eq!(check(Kind::Address, "10.0.0"), Err("`10.0.0` is no address".into()));
        assert_eq!(check(Kind::Country, "us"), Ok("US".into()));
        assert_eq!(check(Kind::As, "AS15169"), Ok("15169".into()));
        assert_eq!(check(Kind::Port, "65536"), Err("`65536` is no port: 0 to 65535".into()));
        assert_eq!(check(Kind::Vpc, "\n"), Err("`\n` is no identifier".into()));
    }
}
