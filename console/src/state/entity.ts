// Which fields have pages of their own, and the addresses of these.

const KINDS: Readonly<Record<string, string>> = {
  addr: "address",
  srcaddr: "address",
  dstaddr: "address",
  pkt_srcaddr: "address",
  pkt_dstaddr: "address",
  client_addr: "address",
  server_addr: "address",
  interface: "interface",
  interface_id: "interface",
  peer_interface_id: "interface",
  instance_id: "instance",
  peer_instance_id: "instance",
  security_group: "security-group",
  security_group_ids: "security-group",
  peer_security_group_ids: "security-group",
  subnet_id: "subnet",
  vpc_id: "vpc",
  account_id: "account",
  dstport: "port",
  srcport: "port",
  server_port: "port",
  client_port: "port",
  port: "port",
  src_as_number: "as",
  dst_as_number: "as",
  src_country_code: "country",
  dst_country_code: "country",
};

/** The kind of entity that values of `field` are, or null. */
export function kindOf(field: string): string | null {
  return KINDS[field] ?? null;
}

/** The path of an entity's page. */
export function entityPath(kind: string, id: string | number): string {
  return `/entity/${encodeURIComponent(kind)}/${encodeURIComponent(String(id))}`;
}
