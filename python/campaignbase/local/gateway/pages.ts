/** CORS: pages of any origin may ask and read, as on the platform. Functions answer for themselves, there as here. */

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const EXPOSED = "Content-Range, Content-Location, Preference-Applied, Link, X-Total-Count, Retry-After";

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
