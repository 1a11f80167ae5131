//! The network interfaces: instances of every kind, and what AWS services place beside them.

use std::net::{IpAddr, Ipv4Addr};

use crate::dice::Dice;
use crate::network::address::{Addr, Cidr};
use crate::network::{DATA, DEV, N_ZONES, Network, PROD, Tier, subnet_index};

/// Pods on each EKS node.
pub(crate) const N_PODS: usize = 8;

/// First host address of interfaces in a subnet; AWS reserves the first four.
const HOST_FIRST: u32 = 10;

/// First host address of pods in a subnet.
const POD_FIRST: u32 = 100;

/// Elastic addresses come from this range of EC2's.
const ELASTIC: Cidr = Cidr::v4([3, 210, 0, 0], 16);

/// What an interface is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Application load balancer.
    Alb,
    /// NAT gateway.
    Nat,
    /// The host that operators log in to.
    Bastion,
    /// Web server.
    Web,
    /// Application server: an ECS task with an interface of its own.
    App,
    /// EKS node with pods.
    Eks,
    /// Batch worker.
    Batch,
    /// Own DNS server.
    Dns,
    /// Own monitoring server.
    Monitor,
    /// Lambda function in the VPC.
    Lambda,
    /// Interface VPC endpoint.
    Endpoint,
    /// Managed database.
    Rds,
    /// Self-managed database.
    Db,
    /// Public development server.
    DevWeb,
    /// Development server.
    Dev,
    /// An instance that nobody talks to.
    Quiet,
}

impl Role {
    /// Returns the word in names.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Alb => "alb",
            Self::Nat => "nat",
            Self::Bastion => "bastion",
            Self::Web => "web",
            Self::App => "app",
            Self::Eks => "eks-node",
            Self::Batch => "batch",
            Self::Dns => "dns",
            Self::Monitor => "monitor",
            Self::Lambda => "lambda",
            Self::Endpoint => "endpoint",
            Self::Rds => "rds",
            Self::Db => "db",
            Self::DevWeb => "dev-web",
            Self::Dev => "dev",
            Self::Quiet => "standby",
        }
    }

    /// Returns AWS's word for the kind of interface.
    pub(crate) fn interface_type(self) -> &'static str {
        match self {
            Self::Alb => "load_balancer",
            Self::Nat => "nat_gateway",
            Self::Lambda => "lambda",
            Self::Endpoint => "vpc_endpoint",
            _ => "interface",
        }
    }

    /// Returns whether the account's own instance stands behind the interface.
    pub(crate) fn is_instance(self) -> bool {
        use Role::{Alb, App, Endpoint, Lambda, Nat, Rds};
        !matches!(self, Alb | Nat | Lambda | Endpoint | Rds | App)
    }

    /// Returns the names of the security groups.
    pub(crate) fn group_names(self) -> &'static [&'static str] {
        match self {
            Self::Alb => &["alb"],
            Self::Nat => &[],
            Self::Bastion => &["bastion"],
            Self::Web => &["web", "common"],
            Self::App => &["app", "common"],
            Self::Eks => &["eks", "common"],
            Self::Batch => &["batch", "common"],
            Self::Dns => &["dns"],
            Self::Monitor => &["monitor"],
            Self::Lambda => &["lambda"],
            Self::Endpoint => &["endpoint"],
            Self::Rds => &["rds"],
            Self::Db => &["db"],
            Self::DevWeb => &["dev-web"],
            Self::Dev => &["dev"],
            Self::Quiet => &["standby"],
        }
    }
}

/// So many interfaces of a role in a place.
#[derive(Clone, Copy)]
struct Hosts {
    vpc: usize,
    role: Role,
    tier: Tier,
    n: usize,
    is_v6: bool,
    is_public: bool,
}

const fn hosts(vpc: usize, role: Role, tier: Tier, n: usize) -> Hosts {
    let is_public = matches!(tier, Tier::Public);
    Hosts { vpc, role, tier, n, is_v6: false, is_public }
}

const fn dual(hosts: Hosts) -> Hosts {
    Hosts { is_v6: true, ..hosts }
}

const HOSTS: &[Hosts] = &[
    dual(hosts(PROD, Role::Alb, Tier::Public, 3)),
    hosts(PROD, Role::Nat, Tier::Public, 3),
    hosts(PROD, Role::Bastion, Tier::Public, 1),
    dual(hosts(PROD, Role::Web, Tier::Private, 6)),
    hosts(PROD, Role::App, Tier::Private, 8),
    hosts(PROD, Role::Eks, Tier::Private, 4),
    hosts(PROD, Role::Batch, Tier::Private, 3),
    hosts(PROD, Role::Dns, Tier::Private, 2),
    hosts(PROD, Role::Monitor, Tier::Private, 1),
    hosts(PROD, Role::Lambda, Tier::Private, 2),
    hosts(PROD, Role::Endpoint, Tier::Private, 3),
    hosts(PROD, Role::Quiet, Tier::Private, 2),
    hosts(DATA, Role::Rds, Tier::Db, 3),
    hosts(DATA, Role::Db, Tier::Db, 3),
    hosts(DATA, Role::Batch, Tier::Private, 2),
    hosts(DATA, Role::Endpoint, Tier::Private, 1),
    hosts(DATA, Role::Quiet, Tier::Db, 1),
    hosts(DEV, Role::DevWeb, Tier::Public, 2),
    hosts(DEV, Role::Nat, Tier::Public, 1),
    hosts(DEV, Role::Dev, Tier::Private, 5),
    hosts(DEV, Role::Lambda, Tier::Private, 1),
    hosts(DEV, Role::Quiet, Tier::Private, 2),
];

/// A network interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    /// `eni-...`.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// Name, as `web-2`.
    pub name: String,
    /// Index of the VPC.
    pub vpc: usize,
    /// Index of the subnet.
    pub subnet: usize,
    /// Primary private IPv4 address, an index of the network's addresses.
    pub primary: u16,
    /// Addresses of the pods on it.
    pub pods: Vec<u16>,
    /// IPv6 address.
    pub v6: Option<u16>,
    /// Elastic address outside.
    pub public: Option<Ipv4Addr>,
    /// Indexes of the security groups.
    pub groups: Vec<usize>,
    /// `i-...`, if an own instance stands behind it.
    pub instance_id: Option<String>,
    /// The service's own resource: a NAT gateway, an endpoint, a load balancer.
    pub resource_id: String,
}

impl Interface {
    /// Returns the description that AWS gives.
    pub(crate) fn description(&self) -> String {
        match self.role {
            Role::Alb => format!("ELB app/prod-alb/{}", &self.resource_id),
            Role::Nat => format!("Interface for NAT Gateway {}", self.resource_id),
            Role::Lambda => format!("AWS Lambda VPC ENI-{}-{}", self.name, self.resource_id),
            Role::Endpoint => format!("VPC Endpoint Interface {}", self.resource_id),
            Role::Rds => "RDSNetworkInterface".to_owned(),
            Role::App => format!("ECS task {}", self.resource_id),
            Role::Eks => format!("aws-K8S-{}", self.resource_id),
            _ => String::new(),
        }
    }

    /// Returns the tag `Name`, not encoded.
    pub(crate) fn tag(&self, network: &Network) -> String {
        format!("{} {}", network.vpcs[self.vpc].name, self.name)
    }
}

/// Adds every interface of [`HOSTS`].
pub(crate) fn add_interfaces(network: &mut Network, dice: &mut Dice) {
    let mut n_used = vec![0_u32; network.subnets.len()];
    for hosts in HOSTS {
        for number in 0..hosts.n {
            let subnet = subnet_index(hosts.vpc, hosts.tier, number % N_ZONES);
            let host = HOST_FIRST + n_used[subnet];
            n_used[subnet] += 1;
            add_interface(network, dice, hosts, (number, subnet, host));
        }
    }
}

fn add_interface(
    network: &mut Network,
    dice: &mut Dice,
    hosts: &Hosts,
    (number, subnet, host): (usize, usize, u32),
) {
    let mut add = |ip: IpAddr| {
        network.addresses.push(Addr::new(ip));
        u16::try_from(network.addresses.len() - 1).unwrap_or(u16::MAX)
    };
    let place = &network.subnets[subnet];
    let primary = add(place.cidr.at(host));
    let v6 = hosts.is_v6.then(|| add(place.cidr_v6.at(0x1000 + host * 7)));
    let n_pods = if hosts.role == Role::Eks { N_PODS } else { 0 };
    let node = u32::try_from(number / N_ZONES * N_PODS).unwrap_or(0);
    let pods = (0..n_pods)
        .map(|it| add(place.cidr.at(POD_FIRST + node + u32::try_from(it).unwrap_or(0))))
        .collect();
    let public = hosts.is_public.then(|| match ELASTIC.pick(dice) {
        IpAddr::V4(ip) => ip,
        IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
    });
    let named = |name: &&&str| {
        network.groups.iter().position(|it| it.vpc == hosts.vpc && it.name == **name)
    };
    let groups = hosts.role.group_names().iter().filter_map(|it| named(&it)).collect();
    let prefix = match hosts.role {
        Role::Nat => "nat-0",
        Role::Endpoint => "vpce-0",
        _ => "",
    };
    network.interfaces.push(Interface {
        id: format!("eni-0{}", dice.hex(16)),
        role: hosts.role,
        name: format!("{}-{}", hosts.role.name(), number + 1),
        vpc: hosts.vpc,
        subnet,
        primary,
        pods,
        v6,
        public,
        groups,
        instance_id: hosts.role.is_instance().then(|| format!("i-0{}", dice.hex(16))),
        resource_id: format!("{prefix}{}", dice.hex(16)),
    });
}
