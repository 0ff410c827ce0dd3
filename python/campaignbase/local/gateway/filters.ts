/**
 * Filters of REST as texts. PostgREST gives a value to Postgres as it stands; @supabase/lite reads numbers, words,
 * lists and quotes in it and trims it, unless it is quoted.
 */
const COMPARED = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte|match|imatch)\.)(.*)$/s;
const LIST = /^((?:not\.)?in\.\()(.*)\)$/s;
const LISTED = /("(?:[^"\\]|\\.)*")(?=,|$)|[^,]+/gs;
const TREE = /(^|\.)(and|or)$/;
/** A value in a tree, of which one in quotes or a list in braces is left alone. */
const NESTED = /(?<=[(,][\w">-]+(?:\.not)?\.(?:eq|neq|gt|gte|lt|lte)\.)(\{\}|[^",(){}][^,()]*)(?=[,)])/g;
const NO_FILTERS = ["select", "order", "limit", "offset", "columns", "on_conflict"];

export function quoted(name: string, value: string): string {
  if (NO_FILTERS.includes(name.split(".").at(-1) ?? "")) return value;
  if (TREE.test(name)) return value.replace(NESTED, '"$1"');
  const list = LIST.exec(value);
  if (list === null) return value.replace(COMPARED, '$1"$2"');
  const [, before = "", items = ""] = list;
  const texts = items.replace(LISTED, (item, given) => given ?? `"${item.replace(/["\\]/g, "\\$&")}"`);
  return `${before}${texts})`;
}
