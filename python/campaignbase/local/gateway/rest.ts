/** REST: what clients ask as @supabase/lite reads it right, and its answers as PostgREST gives them. */
import type { Key, PrimaryKey } from "./relations.ts";
import { readable, single, wantsOne } from "./requests.ts";

/** What is known of the tables. */
export interface Catalogue {
  keys: Key[];
  primary: PrimaryKey[];
}

type Ask = (request: Request) => Promise<Response>;

const PREFIX = "/rest/v1/";
/** More in a select than columns: embeds, other names, casts, paths into JSON. */
const SHAPED = /[(:]|->/;
const ROWS = "application/json";

export async function askRest(ask: Ask, sent: Request, catalogue: Catalogue): Promise<Response> {
  return malformed(sent) ??
    await bodiless(sent, (read) => estimated(read, (request) => asked(ask, request, catalogue)));
}

/** A call by HEAD, whose arguments @supabase/lite takes for filters, as the GET that it is without the body. */
async function bodiless(sent: Request, ask: Ask): Promise<Response> {
  if (sent.method !== "HEAD" || !new URL(sent.url).pathname.startsWith(`${PREFIX}rpc/`)) {
    return await ask(sent);
  }
  const answer = await ask(new Request(sent.url, { headers: sent.headers }));
  await answer.body?.cancel();
  return new Response(null, { status: answer.status, headers: answer.headers });
}

/** What is no token at all; @supabase/lite would take its bearer for nobody. */
function malformed(request: Request): Response | null {
  const token = /^Bearer\s+(\S.*)$/i.exec(request.headers.get("authorization") ?? "")?.[1]?.trim();
  const key = request.headers.get("apikey") ?? new URL(request.url).searchParams.get("apikey");
  if (token === undefined || token === key || key === null) return null; // without a key that is refused first
  const parts = token.split(".").filter((part) => part !== "").length;
  if (parts === 3 && token.split(".").length === 3) return null;
  const message = `Expected 3 parts in JWT; got ${parts}`;
  return Response.json({ code: "PGRST301", details: null, hint: null, message }, { status: 401 });
}

/** PostgREST counts as far as 1,000 rows before it estimates; @supabase/lite tells the planner's guess of few too. */
async function estimated(sent: Request, ask: Ask): Promise<Response> {
  const wanted = sent.headers.get("prefer") ?? "";
  if (!/\bcount=estimated\b/.test(wanted)) return await ask(sent);
  const exact = new Headers(sent.headers);
  exact.set("prefer", wanted.replace("count=estimated", "count=exact"));
  const answer = await ask(new Request(sent, { headers: exact }));
  const headers = new Headers(answer.headers);
  const applied = headers.get("preference-applied")?.replace("count=exact", "count=estimated");
  if (applied) headers.set("preference-applied", applied);
  return new Response(answer.body, { status: answer.status, headers });
}

async function asked(ask: Ask, sent: Request, { keys, primary }: Catalogue): Promise<Response> {
  const request = await readable(sent, keys);
  const url = new URL(request.url);
  const table = url.pathname.slice(PREFIX.length);
  const [key, ...others] = primary.find((one) => one.table === table)?.columns ?? [];
  const isShaped = SHAPED.test(url.searchParams.get("select") ?? "");
  const isTold = request.headers.get("prefer")?.includes("return=representation");
  const changes = request.method === "PATCH" && isShaped && isTold && key !== undefined &&
    others.length === 0;
  return await single(request, changes ? await changed(ask, request, key) : await ask(request));
}

/**
 * Changes rows, then reads them by their key. @supabase/lite would read what it changed by the filter of the change,
 * which they often no longer meet.
 */
async function changed(ask: Ask, request: Request, key: string): Promise<Response> {
  const change = new URL(request.url), read = new URL(request.url);
  for (const name of [...change.searchParams.keys()]) {
    const isOfEmbed = name.includes(".") && !/^not\.(and|or)$/.test(name);
    if (isOfEmbed || name === "order") change.searchParams.delete(name);
    if (!isOfEmbed && name !== "order" && name !== "select") read.searchParams.delete(name);
  }
  change.searchParams.set("select", key);
  const answer = await ask(new Request(new Request(change, request), { headers: asking(request, ROWS) }));
  if (!answer.ok) return answer;
  const rows: Record<string, unknown>[] = await answer.json();
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  if (rows.length === 0) return Response.json(rows, { status: answer.status, headers });
  read.searchParams.set(key, `in.(${rows.map((row) => JSON.stringify(String(row[key]))).join(",")})`);
  const accept = wantsOne(request) ? ROWS : request.headers.get("accept") ?? ROWS;
  const reading = asking(request, accept);
  for (const name of ["prefer", "content-type", "content-length"]) reading.delete(name);
  const shown = await ask(new Request(read, { headers: reading }));
  if (!shown.ok) return shown;
  headers.set("content-type", shown.headers.get("content-type") ?? ROWS);
  return new Response(shown.body, { status: answer.status, headers });
}

function asking(request: Request, accept: string): Headers {
  const headers = new Headers(request.headers);
  headers.set("accept", accept);
  return headers;
}
