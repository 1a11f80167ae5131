// The one fetch of the console. Everything that is not an answer becomes a `ProblemError`.

import { ended, started } from "./running";
import type { Problem } from "./types";

export const API = "/api/v1";

/** A parameter that is null, undefined or empty is left out. */
export type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What the server, or the way to it, said no with. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;
  /** The status of HTTP; 0 if there was no answer. */
  readonly status: number;

  constructor(problem: Problem, status: number) {
    super(problem.message);
    this.problem = problem;
    this.status = status;
  }

  /** Whether the same request may succeed later, unchanged. */
  get isRetryable(): boolean {
    return this.status === 0 || this.problem.code === "busy" || this.problem.code === "rate";
  }
}

/** The address of an endpoint with its parameters. */
export function addressOf(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `${API}${path}${text ? `?${text}` : ""}`;
}

/** Asks; `label` names the query where running queries are shown, and makes it cancellable. */
export async function get<Answer>(
  path: string,
  parameters: Parameters,
  options: { signal?: AbortSignal; label?: string } = {},
): Promise<Answer> {
  const { signal, label } = options;
  const headers = new Headers();
  if (label === undefined) return send(addressOf(path, parameters), { headers, signal });
  const id = started(label);
  headers.set("x-query-id", id);
  try {
    return await send<Answer>(addressOf(path, parameters), { headers, signal });
  } finally {
    ended(id);
  }
}

/**
 * Asks whether an address would answer; the problem is thrown, the answer is not read. For files, which
 * the browser fetches by itself: a refusal would be saved as if it were the file.
 */
export async function ask(address: string): Promise<void> {
  const response = await reach(address, { headers: new Headers() });
  if (!response.ok) throw new ProblemError(await problemOf(response), response.status);
  await response.body?.cancel();
}

/** Changes something on the server: POST, PUT, DELETE. */
export function write<Answer>(
  method: "POST" | "PUT" | "DELETE",
  path: string,
  options: { body?: unknown; signal?: AbortSignal; id?: string } = {},
): Promise<Answer> {
  const headers = new Headers({ "x-tidegate": "1" });
  if (options.body !== undefined) headers.set("content-type", "application/json");
  if (options.id !== undefined) headers.set("x-query-id", options.id);
  const body = options.body === undefined ? null : JSON.stringify(options.body);
  return send(`${API}${path}`, { method, headers, body, signal: options.signal });
}

interface Ask {
  method?: string;
  headers: Headers;
  body?: string | null;
  signal?: AbortSignal | undefined;
}

async function send<Answer>(address: string, ask: Ask): Promise<Answer> {
  const response = await reach(address, ask);
  if (!response.ok) throw new ProblemError(await problemOf(response), response.status);
  const type = response.headers.get("content-type") ?? "";
  const isJson = type.includes("json");
  // Nothing to say, or a text that is still being made: not an empty answer.
  if (response.status === 204 || (response.status === 202 && !isJson)) return JSON.parse("null");
  const answer = isJson ? response.json() : response.text();
  // Answers are what crates/serve/openapi.json says; types.ts is made from the same file.
  const value: Awaited<ReturnType<Response["json"]>> = await answer;
  return value;
}

async function reach(address: string, { signal, ...ask }: Ask): Promise<Response> {
  try {
    return await fetch(address, {
      ...ask,
      credentials: "same-origin",
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError(lost(), 0);
  }
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const said: Partial<Problem> = await response.json();
    return { ...nothing(response), ...said };
  } catch {
    return nothing(response);
  }
}

function nothing(response: Response): Problem {
  return {
    code: response.status === 401 ? "denied" : "internal",
    message: `the server answered ${response.status} ${response.statusText}`.trim(),
    hint: null,
    causes: [],
    span: null,
    suggestions: [],
    cost: null,
  };
}

function lost(): Problem {
  return {
    code: "lost",
    message: "the server cannot be reached",
    hint: "is `tidegate serve` still running? This page asks again by itself",
    causes: [],
    span: null,
    suggestions: [],
    cost: null,
  };
}

/** The problem of any error that a query ended with. */
export function problemFrom(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  return { ...lost(), code: "internal", message, hint: null };
}
