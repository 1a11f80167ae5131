// Questions that people who read flow logs ask first. Each is a link into Explore.

import type { Question } from "../../state/search";

/** Traffic that leaves for the internet: for what is neither private, shared, local nor multicast. */
export const TO_INTERNET = "action = ACCEPT and direction = egress and dst_is_private = false";
/** Traffic that comes from there. */
export const FROM_INTERNET = "direction = ingress and src_is_private = false";

export interface Recommended {
  title: string;
  why: string;
  patch: Partial<Question>;
}

export const RECOMMENDED: readonly Recommended[] = [
  {
    title: "Who is knocking from the internet?",
    why: "Rejected sources, by port",
    patch: {
      q: `action = REJECT and ${FROM_INTERNET}`,
      by: ["srcaddr"],
      server_by: ["dstport"],
      metric: "flows",
      view: "map",
    },
  },
  {
    title: "Where do our bytes go?",
    why: "Egress to the internet, by network",
    patch: { q: TO_INTERNET, by: ["srcaddr"], server_by: ["dst_as_name"], metric: "bytes" },
  },
  {
    title: "What does the internet reach?",
    why: "Accepted from outside, by server and port",
    patch: {
      q: `action = ACCEPT and initiator = src and ${FROM_INTERNET}`,
      by: ["server_addr"],
      server_by: ["server_port"],
      metric: "flows",
    },
  },
  {
    title: "Who uses SSH and RDP?",
    why: "Administrators' ports, from whom",
    patch: {
      q: "dstport in (22, 3389)",
      by: ["srcaddr"],
      server_by: ["dstaddr"],
      metric: "flows",
      view: "sankey",
    },
  },
  {
    title: "What do we reject of our own?",
    why: "Rejected inside: is a rule missing?",
    patch: {
      q: "action = REJECT and src_is_private = true",
      by: ["srcaddr"],
      server_by: ["dstport"],
      metric: "flows",
    },
  },
  {
    title: "Who talks to databases?",
    why: "Clients of database ports",
    patch: {
      q: "dstport in (1433, 1521, 3306, 5432, 6379, 9200, 27017)",
      by: ["srcaddr"],
      server_by: ["dstport"],
      metric: "connections",
      view: "matrix",
    },
  },
  {
    title: "Is anything missing in the logs?",
    why: "Records that AWS skipped",
    patch: { q: "log_status = SKIPDATA", by: ["interface_id"], server_by: [], metric: "flows" },
  },
  {
    title: "Why was it rejected?",
    why: "Security group, network ACL or neither",
    patch: { q: "action = REJECT", by: ["reject_cause"], server_by: [], metric: "flows" },
  },
];
