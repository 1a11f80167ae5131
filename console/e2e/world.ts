// Makes the world of the tests: a demo lake, and the server over it until the tests are over.
// `TIDEGATE` names the program, `TIDEGATE_URL` a server that runs already.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HERE = join(import.meta.dirname, ".world");
const PROGRAM =
  process.env["TIDEGATE"] ?? join(import.meta.dirname, "../../target/release/tidegate");
/** How long the server may take to say where it listens. */
const START_MS = 60_000;

export default async function makeWorld(): Promise<() => void> {
  const given = process.env["TIDEGATE_URL"];
  if (given !== undefined) return () => {};
  mkdirSync(HERE, { recursive: true });
  const lake = join(HERE, "lake");
  if (!existsSync(lake)) {
    execFileSync(PROGRAM, ["demo", "--records", "200000", "--no-serve", "--dir", HERE], {
      stdio: "ignore",
    });
  }
  // The world ends in the past of whoever runs the tests again: the clock stands at its end.
  const newest = JSON.parse(
    execFileSync(
      PROGRAM,
      ["--lake", lake, "--output", "json", "sql", 'SELECT max("end") AS newest FROM flows'],
      { encoding: "utf8" },
    ),
  );
  const now = new Date(Date.parse(String(newest[0].newest)) + 1000).toISOString();
  const server = spawn(
    PROGRAM,
    ["--lake", lake, "serve", "--listen", "127.0.0.1:0", "--now", now],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  writeFileSync(join(HERE, "url"), await addressOf(server));
  return () => {
    server.kill("SIGINT");
  };
}

/** A second server over the same lake, which asks for tokens. */
export async function guardedServer(tokens: { read: string; admin: string }) {
  const env = {
    ...process.env,
    TIDEGATE_SERVE_TOKEN: tokens.read,
    TIDEGATE_SERVE_ADMIN_TOKEN: tokens.admin,
  };
  const lake = join(HERE, "lake");
  const server = spawn(PROGRAM, ["--lake", lake, "serve", "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  return { url: await addressOf(server), process: server };
}

/** The address that the server prints when it listens. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const timer = setTimeout(() => reject(new Error(`no address in:\n${said}`)), START_MS);
    const read = (chunk: Buffer) => {
      said += chunk.toString();
      const address = /https?:\/\/[\w.[\]:]+:\d+/.exec(said)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    };
    server.stdout?.on("data", read);
    server.stderr?.on("data", read);
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
}

/** Where the server listens. */
export function worldUrl(): string {
  return process.env["TIDEGATE_URL"] ?? readFileSync(join(HERE, "url"), "utf8").trim();
}
