/** Requests and answers of REST, so that clients get from @supabase/lite what PostgREST gives them. */
import { joined, quoted } from "./filters.ts";
import { type Key, related } from "./relations.ts";

const PREFIX = "/rest/v1/";
export const OBJECT = "application/vnd.pgrst.object+json";

/** The same request; itself where nothing in it would be read otherwise. */
export async function readable(request: Request, keys: readonly Key[]): Promise<Request> {
  const url = new URL(request.url);
  const [table = "", ...deeper] = url.pathname.slice(PREFIX.length).split("/");
  const isCall = deeper.length > 0;
  const given = [...url.searchParams];
  const read = joined(given).map(([name, value]) => {
    if (isCall && request.method !== "POST") return [name, value]; // an argument, or a filter: who knows
    return [name, name === "select" && !isCall ? related(value, table, keys) : quoted(name, value)];
  });
  const body = await filled(request, url.searchParams.get("columns"));
  const headers = new Headers(request.headers);
  const isOneChange = ["PATCH", "DELETE"].includes(request.method) && wantsOne(request);
  if (String(read) === String(given) && body === null && !isOneChange) return request;
  url.search = new URLSearchParams(read).toString();
  // it refuses to tell of several, but has changed them by then
  if (isOneChange) headers.append("prefer", "handling=strict, max-affected=1");
  if (body === null) return new Request(new Request(url, request), { headers });
  headers.delete("content-length");
  return new Request(url, { method: request.method, headers, body });
}

/**
 * Rows to insert with null for every column that is named and missing, as PostgREST has it unless `missing=default`
 * was asked for. Null: the body stays as it is.
 */
async function filled(request: Request, columns: string | null): Promise<string | null> {
  if (request.method !== "POST" || columns === null) return null;
  if (/\bmissing=default\b/.test(request.headers.get("prefer") ?? "")) return null;
  const rows = await request.clone().json().catch(() => null);
  if (!Array.isArray(rows) || rows.some((row) => row === null || typeof row !== "object")) return null;
  const names = columns.split(",").map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  const nothing = Object.fromEntries(names.map((name) => [name, null]));
  return JSON.stringify(rows.map((row) => ({ ...nothing, ...row })));
}

export function wantsOne(request: Request): boolean {
  return request.headers.get("accept")?.includes(OBJECT) === true;
}

/**
 * One row where one was asked for, else what PostgREST says. @supabase/lite gives a list of what it changed and embeds
 * others in, and has a code of its own for more changes than are preferred.
 */
export async function single(request: Request, answer: Response): Promise<Response> {
  if (!wantsOne(request) || !answer.headers.get("content-type")?.startsWith("application/json")) {
    return answer;
  }
  const told = await answer.json();
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  if (Array.isArray(told) && told.length === 1) {
    headers.set("content-type", `${OBJECT}; charset=utf-8`);
    return new Response(JSON.stringify(told[0]), { status: answer.status, headers });
  }
  const count = Array.isArray(told)
    ? told.length
    : told.code === "PGRST124" && told.details.match(/\d+/)?.[0];
  if (!count && count !== 0) return Response.json(told, { status: answer.status, headers });
  const message = "Cannot coerce the result to a single JSON object";
  const refusal = { code: "PGRST116", details: `The result contains ${count} rows`, hint: null, message };
  return Response.json(refusal, { status: 406, headers });
}
