/**
 * Postgres errors as PostgREST answers them, where @supabase/lite knows only some codes and calls the rest "SUP".
 * Source of the table: PostgREST, "HTTP status codes" of its error reference.
 */
interface DatabaseError {
  code: string;
  message: string;
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

function isDatabaseError(error: unknown): error is DatabaseError {
  return error instanceof Error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code));
}

/** PostgREST's answer while it cannot reach the database, in place of one that says nothing. */
export function told(answer: Response): Response {
  if (answer.status !== 500 || answer.headers.get("content-type")?.includes("json")) return answer;
  return Response.json({
    code: "PGRST001",
    message: "Database client error. Retrying the connection.",
    details: null,
    hint: null,
  }, { status: 503, headers: { "Access-Control-Allow-Origin": "*" } });
}
