// The server's HTTP face: typed requests, the token, errors with a hint. Nothing here touches the page.
import type { DocumentInput, RunDocument } from "../data/document.ts";

export interface SetItem {
  path: string;
  value: string;
}

export interface Diagnostic {
  severity: string;
  code: string;
  file?: string;
  line: number;
  column: number;
  span: number;
  message: string;
  hint?: string | null;
  excerpt?: string | null;
}

export interface Programme {
  name: string | null; // null: the server was started without a file
  yaml: string;
  version: string;
  threads: number;
  limits: { body_bytes: number; scenarios: number };
  out: boolean;
}

// Any value of the programme as it will be used: of the file, of the catalogue, or a default.
export interface Value {
  path: string;
  text: string | null;
  unit: string | null;
  plan: number | string | null;
  origin: string;
  source: string | null;
}

export interface CheckAnswer {
  diagnostics: Diagnostic[];
  inputs?: DocumentInput[]; // what is uncertain, or stated in the file; as in the document of a run
  values: Value[];
}

export interface RunRequest {
  yaml: string;
  set: SetItem[];
  seed: number;
  scenarios: number;
  without: boolean;
  page: string; // of two runs of a page the newer ends the older
}

export type SaveKind = "programme" | "report" | "workbook" | "journal" | "json";

// What the server said, or that it said nothing (status 0).
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string,
    readonly diagnostics: Diagnostic[] = [],
  ) {
    super(message);
  }
}

// Diagnostics as one error: the first of them with its place.
export function mistakes(list: Diagnostic[]): ApiError {
  const first = list[0]!;
  const place = first.file === "--set" ? (first.excerpt ?? "an override") : `Line ${first.line}`;
  const many = list.length > 1 ? ` (and ${list.length - 1} more)` : "";
  return new ApiError(422, `${place}: ${first.message}${many}`, first.hint ?? "", list);
}

const token = new URLSearchParams(location.search).get("token");

// Address of an endpoint for what cannot send headers: event streams and downloads.
export function address(path: string): string {
  return token === null ? path : `${path}?token=${encodeURIComponent(token)}`;
}

async function request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = {};
  if (token !== null) headers["X-Stargate-Token"] = token;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "The server does not answer.", "Is `stargate serve` still running? Start it again on the same port, then retry.");
  }
  if (answer.ok) return answer;
  const told = (await answer.json().catch(() => ({}))) as { error?: string; hint?: string; diagnostics?: Diagnostic[] };
  if (told.diagnostics?.length) throw mistakes(told.diagnostics);
  throw new ApiError(answer.status, told.error ?? `The server answered ${answer.status}.`, told.hint ?? "");
}

export const getProgramme = async (): Promise<Programme> => (await request("GET", "/api/programme")).json();
export const getSchema = async (): Promise<unknown> => (await request("GET", "/api/schema")).json();
export const check = async (yaml: string, set: SetItem[], signal?: AbortSignal): Promise<CheckAnswer> =>
  (await request("POST", "/api/check", { yaml, set }, signal)).json();
export const startRun = async (run: RunRequest, signal?: AbortSignal): Promise<{ id: number }> =>
  (await request("POST", "/api/runs", run, signal)).json();
export const cancelRun = async (id: number): Promise<void> => {
  await request("DELETE", `/api/runs/${id}`);
};
export const save = async (kind: SaveKind, id: number, name: string): Promise<{ file: string }> =>
  (await request("POST", "/api/save", { kind, id, name })).json();

export interface RunEvents {
  progress(done: number, total: number): void;
  result(doc: RunDocument): void;
  done(scenarios: number, seconds: number): void;
  cancelled(): void;
  failed(error: ApiError): void;
}

// Listens to a run until it ends; the function it returns stops listening.
export function listen(id: number, to: RunEvents): () => void {
  const source = new EventSource(address(`/api/runs/${id}/events`));
  const on = (name: string, handle: (data: Record<string, unknown>) => void, ends: boolean): void =>
    source.addEventListener(name, (event) => {
      if (ends) source.close();
      const text = (event as MessageEvent<string>).data;
      handle(text ? (JSON.parse(text) as Record<string, unknown>) : {});
    });
  on("progress", (d) => to.progress(Number(d.done), Number(d.total)), false);
  on("result", (d) => to.result(d as unknown as RunDocument), false);
  on("done", (d) => to.done(Number(d.scenarios), Number(d.seconds)), true);
  on("cancelled", () => to.cancelled(), true);
  on("failed", (d) => to.failed(new ApiError(500, String(d.message ?? "The run failed."), "")), true);
  source.onerror = () => {
    // A stream that breaks is not opened again by itself: the run may be gone, and the page has a button.
    source.close();
    to.failed(new ApiError(0, "The connection to the server broke off.", "Is `stargate serve` still running? Start it again on the same port, then retry."));
  };
  return () => source.close();
}
