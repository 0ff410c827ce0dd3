/** Auth: what clients ask as @supabase/lite reads it right, and its answers as Supabase Auth gives them. */

type Ask = (request: Request) => Promise<Response>;

export async function askAuth(ask: Ask, sent: Request): Promise<Response> {
  const answer = await ask(await readable(sent));
  const type = answer.headers.get("content-type") ?? "";
  if (answer.status !== 404 || type.startsWith("application/json")) return answer;
  await answer.body?.cancel();
  const msg = `the offline stack has no ${new URL(sent.url).pathname}: ARCHITECTURE.md lists what differs`;
  return Response.json({ code: 404, error_code: "not_found", msg }, { status: 404 });
}

/**
 * A code or link of the type `email`, which clients name whatever mail it came by. Addresses are confirmed at sign-up
 * here, so that mail was a magic link's.
 */
async function readable(sent: Request): Promise<Request> {
  const url = new URL(sent.url);
  if (!url.pathname.endsWith("/verify")) return sent;
  if (url.searchParams.get("type") === "email") url.searchParams.set("type", "magiclink");
  if (sent.method !== "POST") return new Request(url, sent);
  const text = await sent.text();
  const body = read(text);
  const headers = new Headers(sent.headers);
  headers.delete("content-length");
  const isEmail = body !== null && typeof body === "object" && body.type === "email";
  const asked = isEmail ? JSON.stringify({ ...body, type: "magiclink" }) : text;
  return new Request(url, { method: "POST", headers, body: asked });
}

/** Undefined: no JSON, which is refused where it is read. */
function read(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
