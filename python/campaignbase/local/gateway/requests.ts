/** Requests of REST as @supabase/lite answers them like PostgREST. */
import { quoted } from "./filters.ts";
import { type Key, related } from "./relations.ts";

const PREFIX = "/rest/v1/";

/** The same request; itself where nothing in it would be read otherwise. */
export async function readable(request: Request, keys: readonly Key[]): Promise<Request> {
  const url = new URL(request.url);
  const [table = "", ...deeper] = url.pathname.slice(PREFIX.length).split("/");
  const isCall = deeper.length > 0;
  if (isCall && request.method !== "POST") return request; // its parameters are arguments
  const given = [...url.searchParams];
  const read = given.map(([name, value]) => [
    name,
    name === "select" && !isCall ? related(value, table, keys) : quoted(name, value),
  ]);
  const body = await filled(request, url.searchParams.get("columns"));
  if (String(read) === String(given) && body === null) return request;
  url.search = new URLSearchParams(read).toString();
  if (body === null) return new Request(url, request);
  const headers = new Headers(request.headers);
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
