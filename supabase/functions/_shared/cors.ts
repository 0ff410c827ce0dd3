/** For functions that pages call. A token decides who may do what, so any page may ask. */

/** What supabase-js sends, the last three where a page traces its requests. */
const HEADERS = "authorization, apikey, content-type, x-client-info, x-region, x-retry-count, " +
  "traceparent, tracestate, baggage";

export const CORS: Record<string, string> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": HEADERS,
  "Access-Control-Allow-Methods": "POST, OPTIONS",
  "Access-Control-Max-Age": "86400",
};

/** The answer to a browser's question before the real request; null to anything else. */
export function preflight(request: Request): Response | null {
  return request.method === "OPTIONS" ? new Response(null, { status: 204, headers: CORS }) : null;
}
