// What a typed or shown text names: an address, an id of AWS, a network.

export interface EntityName {
  kind: string;
  id: string;
}

/** Ids of AWS by their beginning. */
const PREFIXES = [
  ["eni-", "interface"],
  ["sg-", "security-group"],
  ["i-", "instance"],
  ["subnet-", "subnet"],
  ["vpc-", "vpc"],
] satisfies [string, string][];

const KIND_WORDS: Readonly<Record<string, string>> = {
  address: "Address",
  interface: "Interface",
  instance: "Instance",
  "security-group": "Security group",
  subnet: "Subnet",
  vpc: "VPC",
  account: "Account",
  port: "Port",
  as: "Network",
  country: "Country",
};

/** What `text` names, or null if it could be anything. */
export function entityFrom(text: string): EntityName | null {
  const id = text.trim();
  for (const [prefix, kind] of PREFIXES) {
    if (id.startsWith(prefix) && /^[a-z]+-[0-9a-z]+$/.test(id)) return { kind, id };
  }
  if (isAddress(id)) return { kind: "address", id };
  if (/^\d{12}$/.test(id)) return { kind: "account", id };
  const as = /^as(\d{1,10})$/i.exec(id);
  if (as?.[1] !== undefined) return { kind: "as", id: as[1] };
  const port = /^:?(\d{1,5})$/.exec(id);
  if (port?.[1] !== undefined && Number(port[1]) <= 65_535) return { kind: "port", id: port[1] };
  return null;
}

/** "Address", "Security group". */
export function kindWord(kind: string): string {
  return KIND_WORDS[kind] ?? kind;
}

function isAddress(text: string): boolean {
  const parts = text.split(".");
  const isFour =
    parts.length === 4 && parts.every((it) => /^\d{1,3}$/.test(it) && Number(it) < 256);
  return isFour || (/^[0-9a-f:.]{2,45}$/i.test(text) && text.split(":").length > 2);
}
