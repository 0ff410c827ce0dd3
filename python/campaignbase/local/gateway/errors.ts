/**
 * Postgres errors as PostgREST answers them, where @supabase/lite knows only some codes and calls the rest "SUP".
 * Source of the table: PostgREST, "HTTP status codes" of its error reference.
 */
import { hearLoss } from "./connections.ts";

interface DatabaseError {
  code: string;
  message: string;
  severity?: string;
  detail?: string;
  hint?: string;
}

/** Classes of SQLSTATE and single ones, the longest match counts; what is not here is 400. */
const STATUS: Record<string, number> = {
  "08": 503,
  "09": 500,
  "0L": 403,
  "0P": 403,
  "23503": 409,
  "23505": 409,
  "25": 500,
  "28": 403,
  "2D": 500,
  "38": 500,
  "39": 500,
  "3B": 500,
  "40": 500,
  "53": 503,
  "53400": 500,
  "54": 500,
  "55": 500,
  "57": 500,
  "57P01": 503,
  "58": 500,
  "F0": 500,
  "HV": 500,
  "P0": 500,
  "P0001": 400,
  "XX": 500,
};
/** What @supabase/lite answers as PostgREST does; those of the class 23 without their hints. */
const KNOWN = /^(PGRST|PT.*|42.*|22.*|21.*|25006)$/;

/** The error itself, or the one that makes @supabase/lite give PostgREST's answer. */
export function asPostgrest(error: unknown): unknown {
  if (!isDatabaseError(error) || KNOWN.test(error.code)) return error;
  const { code, message, detail, hint } = error;
  const told = { code, message, details: detail ?? null, hint: hint ?? null };
  return Object.assign(new Error(JSON.stringify(told)), {
    code: "PGRST",
    detail: JSON.stringify({ status: status(code), headers: {} }),
  });
}

export function status(code: string): number {
  return STATUS[code] ?? STATUS[code.slice(0, 2)] ?? 400;
}

/** Postgres refused, and goes on. */
export function isRefusal(error: unknown): error is DatabaseError {
  return isDatabaseError(error) && error.severity !== "FATAL" && error.severity !== "PANIC";
}

function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && "code" in error && /^(?=.*\d)[0-9A-Z]{5}$/.test(String(error.code));
}

const UNREACHABLE = "Database client error. Retrying the connection.";
/** What each service's clients read of a refusal. */
const TOLD = {
  rest: { code: "PGRST001", message: UNREACHABLE, details: null, hint: null },
  auth: { code: 503, error_code: "unexpected_failure", msg: UNREACHABLE },
  storage: { statusCode: "503", error: "DatabaseError", message: UNREACHABLE },
};

/** A service's answer; 503 in place of whatever it makes of a database that went away meanwhile. */
export async function reachable(service: keyof typeof TOLD, ask: () => Promise<Response>): Promise<Response> {
  const [answer, isLost] = await hearLoss(ask);
  if (!isLost) return answer;
  await answer.body?.cancel();
  const headers = { "Retry-After": "1" };
  return Response.json(TOLD[service], { status: 503, headers });
}
