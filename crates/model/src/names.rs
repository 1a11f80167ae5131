//! Names of protocols and services, after the IANA registries, in the words of daily use.

/// Number of TCP.
pub const TCP: i64 = 6;

/// Number of UDP.
const UDP: i64 = 17;

/// Protocol numbers, in order.
const PROTOCOLS: &[(i64, &str)] = &[
    (0, "hopopt"),
    (1, "icmp"),
    (2, "igmp"),
    (3, "ggp"),
    (4, "ipv4"),
    (5, "st"),
    (6, "tcp"),
    (8, "egp"),
    (9, "igp"),
    (17, "udp"),
    (27, "rdp"),
    (33, "dccp"),
    (41, "ipv6"),
    (43, "ipv6-route"),
    (44, "ipv6-frag"),
    (46, "rsvp"),
    (47, "gre"),
    (50, "esp"),
    (51, "ah"),
    (58, "ipv6-icmp"),
    (59, "ipv6-nonxt"),
    (60, "ipv6-opts"),
    (88, "eigrp"),
    (89, "ospf"),
    (94, "ipip"),
    (97, "etherip"),
    (103, "pim"),
    (108, "ipcomp"),
    (112, "vrrp"),
    (115, "l2tp"),
    (132, "sctp"),
    (136, "udplite"),
    (137, "mpls-in-ip"),
];

/// On which transport a service is usual.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    Tcp,
    Udp,
    Both,
}

use On::{Both, Tcp, Udp};

/// Services by port; of two on one port, each has its own transport.
const SERVICES: &[(i64, On, &str)] = &[
    (7, Both, "echo"),
    (20, Tcp, "ftp-data"),
    (21, Tcp, "ftp"),
    (22, Tcp, "ssh"),
    (23, Tcp, "telnet"),
    (25, Tcp, "smtp"),
    (43, Tcp, "whois"),
    (49, Both, "tacacs"),
    (53, Both, "dns"),
    (67, Udp, "dhcp-server"),
    (68, Udp, "dhcp-client"),
    (69, Udp, "tftp"),
    (79, Tcp, "finger"),
    (80, Tcp, "http"),
    (88, Both, "kerberos"),
    (110, Tcp, "pop3"),
    (111, Both, "rpcbind"),
    (113, Tcp, "ident"),
    (119, Tcp, "nntp"),
    (123, Udp, "ntp"),
    (135, Tcp, "msrpc"),
    (137, Udp, "netbios-ns"),
    (138, Udp, "netbios-dgm"),
    (139, Tcp, "netbios-ssn"),
    (143, Tcp, "imap"),
    (161, Udp, "snmp"),
    (162, Udp, "snmp-trap"),
    (179, Tcp, "bgp"),
    (389, Both, "ldap"),
    (443, Tcp, "https"),
    (443, Udp, "quic"),
    (445, Tcp, "smb"),
    (464, Both, "kpasswd"),
    (465, Tcp, "smtps"),
    (500, Udp, "isakmp"),
    (514, Tcp, "rsh"),
    (514, Udp, "syslog"),
    (515, Tcp, "printer"),
    (520, Udp, "rip"),
    (546, Udp, "dhcpv6-client"),
    (547, Udp, "dhcpv6-server"),
    (554, Tcp, "rtsp"),
    (587, Tcp, "submission"),
    (631, Both, "ipp"),
    (636, Tcp, "ldaps"),
    (853, Both, "dns-over-tls"),
    (873, Tcp, "rsync"),
    (902, Tcp, "vmware"),
    (989, Tcp, "ftps-data"),
    (990, Tcp, "ftps"),
    (993, Tcp, "imaps"),
    (995, Tcp, "pop3s"),
    (1080, Tcp, "socks"),
    (1194, Both, "openvpn"),
    (1433, Tcp, "mssql"),
    (1434, Udp, "mssql-browser"),
    (1521, Tcp, "oracle"),
    (1701, Udp, "l2tp"),
    (1723, Tcp, "pptp"),
    (1812, Udp, "radius"),
    (1813, Udp, "radius-acct"),
    (1883, Tcp, "mqtt"),
    (1900, Udp, "ssdp"),
    (2049, Both, "nfs"),
    (2181, Tcp, "zookeeper"),
    (2375, Tcp, "docker"),
    (2376, Tcp, "docker-tls"),
    (2379, Tcp, "etcd"),
    (2380, Tcp, "etcd-peer"),
    (3000, Tcp, "http-dev"),
    (3128, Tcp, "http-proxy"),
    (3268, Tcp, "global-catalog"),
    (3269, Tcp, "global-catalog-tls"),
    (3306, Tcp, "mysql"),
    (3389, Both, "rdp"),
    (3478, Both, "stun"),
    (4317, Tcp, "otlp-grpc"),
    (4318, Tcp, "otlp-http"),
    (4500, Udp, "ipsec-nat-t"),
    (4789, Udp, "vxlan"),
    (5060, Both, "sip"),
    (5061, Tcp, "sips"),
    (5201, Both, "iperf"),
    (5222, Tcp, "xmpp"),
    (5353, Udp, "mdns"),
    (5355, Udp, "llmnr"),
    (5432, Tcp, "postgresql"),
    (5439, Tcp, "redshift"),
    (5601, Tcp, "kibana"),
    (5671, Tcp, "amqps"),
    (5672, Tcp, "amqp"),
    (5900, Tcp, "vnc"),
    (5985, Tcp, "winrm"),
    (5986, Tcp, "winrm-tls"),
    (6081, Udp, "geneve"),
    (6379, Tcp, "redis"),
    (6443, Tcp, "kubernetes"),
    (6667, Tcp, "irc"),
    (8000, Tcp, "http-alt"),
    (8080, Tcp, "http-alt"),
    (8081, Tcp, "http-alt"),
    (8086, Tcp, "influxdb"),
    (8125, Udp, "statsd"),
    (8300, Tcp, "consul"),
    (8443, Tcp, "https-alt"),
    (8500, Tcp, "consul-http"),
    (8883, Tcp, "mqtts"),
    (8888, Tcp, "http-alt"),
    (9000, Tcp, "clickhouse"),
    (9042, Tcp, "cassandra"),
    (9090, Tcp, "prometheus"),
    (9092, Tcp, "kafka"),
    (9094, Tcp, "kafka-tls"),
    (9100, Tcp, "node-exporter"),
    (9200, Tcp, "elasticsearch"),
    (9300, Tcp, "elasticsearch-peer"),
    (10250, Tcp, "kubelet"),
    (11211, Both, "memcached"),
    (25565, Tcp, "minecraft"),
    (27017, Tcp, "mongodb"),
    (50000, Tcp, "sap"),
    (51820, Udp, "wireguard"),
];

/// Returns the name of a protocol number.
#[must_use]
pub fn protocol(number: i64) -> Option<&'static str> {
    let index = PROTOCOLS.binary_search_by_key(&number, |it| it.0).ok()?;
    Some(PROTOCOLS[index].1)
}

/// Returns the usual service of a port under a protocol.
#[must_use]
pub fn service(port: i64, protocol: i64) -> Option<&'static str> {
    let on = match protocol {
        TCP => Tcp,
        UDP => Udp,
        _ => return None,
    };
    let first = SERVICES.partition_point(|it| it.0 < port);
    let here = SERVICES[first..].iter().take_while(|it| it.0 == port);
    here.filter(|it| it.1 == on || it.1 == Both).map(|it| it.2).next()
}

/// Returns the number of a protocol by its name, whichever the case.
#[must_use]
pub fn protocol_number(name: &str) -> Option<i64> {
    PROTOCOLS.iter().find(|it| it.1.eq_ignore_ascii_case(name)).map(|it| it.0)
}

/// Returns the ports where a service is usual, whichever the case of its name, in order.
#[must_use]
pub fn ports(service: &str) -> Vec<i64> {
    let mut ports: Vec<i64> =
        SERVICES.iter().filter(|it| it.2.eq_ignore_ascii_case(service)).map(|it| it.0).collect();
    ports.dedup();
    ports
}

/// Returns the usual service of a port, of TCP before UDP.
#[must_use]
pub fn service_of_port(port: i64) -> Option<&'static str> {
    service(port, TCP).or_else(|| service(port, UDP))
}

/// Returns the names of all protocols.
pub fn protocols() -> impl Iterator<Item = &'static str> {
    PROTOCOLS.iter().map(|it| it.1)
}

/// Returns the services with their ports, by port; a service may have several.
pub fn services() -> impl Iterator<Item = (&'static str, i64)> {
    SERVICES.iter().map(|it| (it.2, it.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order() {
        assert!(PROTOCOLS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SERVICES.is_sorted_by_key(|it| it.0));
    }

    #[test]
    fn names_lead_back_to_numbers() {
        for (number, name) in PROTOCOLS {
            assert_eq!(protocol_number(&name.to_uppercase()), Some(*number));
        }
        assert_eq!(ports("SSH"), [22]);
        assert_eq!(ports("rdp"), [3389]);
        assert_eq!(ports("http-alt"), [8000, 8080, 8081, 8888]);
        assert!(ports("nothing").is_empty());
        assert_eq!(service_of_port(443), Some("https"));
        assert_eq!(service_of_port(51820), Some("wireguard"));
    }
}
