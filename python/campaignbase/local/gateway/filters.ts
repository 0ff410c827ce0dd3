/** Filters of REST where @supabase/lite reads a value as JSON does and PostgREST as text: null, true, false. */
const COMPARED = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte)\.)(null|true|false)$/i;
const NESTED = /(?<=\.(?:eq|neq|gt|gte|lt|lte)\.)(null|true|false)(?=[,)])/gi;
const LIST = /^(?:not\.)?in\.\(/;
const LISTED = /(?<=[(,])(null|true|false)(?=[,)])/gi;
const TREE = /(^|\.)(and|or)$/;
const NO_FILTERS = ["select", "order", "limit", "offset", "columns", "on_conflict"];

/** The request with these words quoted, which makes them texts; itself where there are none. */
export function literal(request: Request): Request {
  const url = new URL(request.url);
  if (url.pathname.startsWith("/rest/v1/rpc/")) return request; // its parameters are arguments
  const given = [...url.searchParams];
  const read = given.map(([name, value]) => [name, quoted(name, value)]);
  if (String(read) === String(given)) return request;
  url.search = new URLSearchParams(read).toString();
  return new Request(url, request);
}

export function quoted(name: string, value: string): string {
  if (NO_FILTERS.includes(name.split(".").at(-1) ?? "")) return value;
  if (TREE.test(name)) return value.replace(NESTED, '"$1"');
  if (LIST.test(value)) return value.replace(LISTED, '"$1"');
  return value.replace(COMPARED, '$1"$2"');
}
