// Words for values: addresses and ids that are too long lose their middle, ports and protocols get names.

/** `text` with its middle left out if it is longer than `most`. */
export function middle(text: string, most = 28): string {
  if (text.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - tail)}…${text.slice(text.length - tail)}`;
}

const PROTOCOLS: Readonly<Record<string, string>> = {
  "1": "ICMP",
  "2": "IGMP",
  "4": "IPv4",
  "6": "TCP",
  "17": "UDP",
  "41": "IPv6",
  "47": "GRE",
  "50": "ESP",
  "51": "AH",
  "58": "ICMPv6",
  "89": "OSPF",
  "132": "SCTP",
};

const PORTS: Readonly<Record<string, string>> = {
  "20": "ftp-data",
  "21": "ftp",
  "22": "ssh",
  "23": "telnet",
  "25": "smtp",
  "53": "dns",
  "67": "dhcp",
  "80": "http",
  "110": "pop3",
  "111": "rpcbind",
  "123": "ntp",
  "135": "msrpc",
  "137": "netbios",
  "139": "netbios",
  "143": "imap",
  "161": "snmp",
  "389": "ldap",
  "443": "https",
  "445": "smb",
  "465": "smtps",
  "514": "syslog",
  "587": "submission",
  "636": "ldaps",
  "993": "imaps",
  "1433": "mssql",
  "1521": "oracle",
  "2049": "nfs",
  "2379": "etcd",
  "3128": "proxy",
  "3306": "mysql",
  "3389": "rdp",
  "5060": "sip",
  "5432": "postgres",
  "5601": "kibana",
  "5672": "amqp",
  "5900": "vnc",
  "5985": "winrm",
  "6379": "redis",
  "6443": "kubernetes",
  "8080": "http",
  "8443": "https",
  "8883": "mqtt",
  "9042": "cassandra",
  "9090": "prometheus",
  "9092": "kafka",
  "9200": "elastic",
  "9300": "elastic",
  "10250": "kubelet",
  "11211": "memcached",
  "27017": "mongodb",
};

const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  protocol: PROTOCOLS,
  dstport: PORTS,
  srcport: PORTS,
  server_port: PORTS,
  client_port: PORTS,
};

/** The name that a value of a field goes by (`443` is `https`), or null. */
export function nameOf(field: string, value: string | number | null): string | null {
  return TYPES[field]?.[String(value)] ?? null;
}

/** A value in one line: its name beside it if it has one; what is not known says so. */
export function wordOf(field: string, value: string | number | null): string {
  if (value === null || value === "") return "none";
  const name = nameOf(field, value);
  if (name === null) return String(value);
  return field === "protocol" ? name : `${value} ${name}`;
}

/** The name of a field as people read it. */
export function fieldWord(field: string): string {
  return FIELDS[field] ?? field.replaceAll("_", " ");
}

const FIELDS: Readonly<Record<string, string>> = {
  srcaddr: "source address",
  dstaddr: "destination address",
  srcport: "source port",
  dstport: "destination port",
  client_addr: "client",
  server_addr: "server",
  client_port: "client port",
  server_port: "server port",
  security_group_ids: "security group",
  peer_security_group_ids: "security group of the peer",
  interface_id: "interface",
  instance_id: "instance",
  subnet_id: "subnet",
  vpc_id: "VPC",
  account_id: "account",
  az_id: "zone",
  src_country_code: "source country",
  dst_country_code: "destination country",
  src_as_name: "source network",
  dst_as_name: "destination network",
};

/** Nouns of the metrics. */
export const METRIC_WORDS = {
  bytes: "bytes",
  packets: "packets",
  flows: "records",
  connections: "connections",
} satisfies Record<string, string>;
