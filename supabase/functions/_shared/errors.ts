/** Refusals in the form of the Data API: a status and {code, message, details, hint}. */

export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly more: { hint?: string; details?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
  }
}

/** What the work answers, or its refusal; what nobody foresaw is logged and told to nobody. */
export async function answered(
  work: () => Response | Promise<Response>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await attempt(work);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

async function attempt(work: () => Response | Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HttpError) {
      const { hint = null, details = null, headers } = error.more;
      const body = { code: error.code, message: error.message, details, hint };
      return Response.json(body, { status: error.status, headers });
    }
    console.error(error);
    const body = { code: "internal_error", message: "Internal Server Error", details: null, hint: null };
    return Response.json(body, { status: 500 });
  }
}

export function onlyPost(request: Request): void {
  if (request.method !== "POST") {
    throw new HttpError(405, "method_not_allowed", `${request.method} is not served here`, {
      hint: "Send a POST with a JSON body.",
      headers: { Allow: "POST, OPTIONS" },
    });
  }
}

/** The JSON object of a request; an empty body counts as {}. */
export async function jsonObject(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  let body: unknown;
  try {
    body = text.trim() ? JSON.parse(text) : {};
  } catch {
    throw new HttpError(400, "invalid_body", "the body is not JSON");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new HttpError(400, "invalid_body", "the body is not a JSON object");
  }
  return body as Record<string, unknown>;
}
