/** CORS: pages of any origin may ask and read, as on the platform. Functions answer for themselves, there as here. */

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSED = "Content-Range, Content-Location, Preference-Applied, Link, X-Total-Count, Retry-After";

/** How every browser names itself. */
const BROWSER = /^\s*Mozilla\s*\/\s*5\s*\.\s*0/i;

/** A secret key is refused in a page, where everybody could read it. */
export function inPage(request: Request, secretKey: string): Response | null {
  const { headers } = request;
  const given = headers.get("apikey") ?? new URL(request.url).searchParams.get("apikey") ??
    headers.get("authorization")?.replace(/^bearer /i, "");
  if (given !== secretKey || !BROWSER.test(headers.get("user-agent") ?? "")) return null;
  const message = "Forbidden use of secret API key in browser";
  const hint =
    "Secret API keys can only be used in a protected environment. Make another one, and delete this.";
  return Response.json({ message, hint }, { status: 401 });
}

/** What a browser is told that asks before a request; null where it is another one. */
export function preflight(request: Request): Response | null {
  const asked = request.headers;
  if (request.method !== "OPTIONS" || !asked.has("Access-Control-Request-Method")) return null;
  return new Response(null, {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": asked.get("Access-Control-Request-Headers") ?? "*",
      "Access-Control-Max-Age": "3600",
      "Vary": "Access-Control-Request-Headers",
    },
  });
}

export function forPages(answer: Response): Response {
  if (answer.status === 101) return answer; // a socket
  const headers = new Headers(answer.headers);
  headers.set("Access-Control-Allow-Origin", "*");
  headers.set("Access-Control-Expose-Headers", EXPOSED);
  return new Response(answer.body, { status: answer.status, headers });
}
