/**
 * Filters of REST as texts. PostgREST gives a value to Postgres as it stands; @supabase/lite reads numbers, words,
 * lists and quotes in it and trims it, unless it is quoted.
 */
const COMPARED = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte|match|imatch)\.)(.*)$/s;
const LIST = /^((?:not\.)?in\.\()(.*)\)$/s;
const LISTED = /("(?:[^"\\]|\\.)*")(?=,|$)|[^,]+/gs;
/** The path of an embedded table, and what joins the filters. */
const TREE = /^(.*?\.)??((?:not\.)?(?:and|or))$/;
/** Patterns in a list, in which it would leave stars as they are; in a tree too. */
const PATTERNS = /^((?:not\.)?i?like\((?:any|all)\)\.)(.*)$/s;
const NESTED_PATTERNS = /(?<=[(,][\w">-]+\.)((?:not\.)?i?like\((?:any|all)\)\.)(\{[^}]*\})/g;
/** A value in a tree, of which one in quotes or a list in braces is left alone. */
const NESTED = /(?<=[(,][\w">-]+(?:\.not)?\.(?:eq|neq|gt|gte|lt|lte)\.)(\{\}|[^",(){}][^,()]*)(?=[,)])/g;
/** A pattern in quotes, which it would take for part of it; those of a list are read right. */
const QUOTED_PATTERNS = /(?<=[(,][\w">-]+\.(?:not\.)?)(i?like)\.("(?:[^"\\]|\\.)*")/g;
const NO_FILTERS = ["select", "order", "limit", "offset", "columns", "on_conflict"];

export function quoted(name: string, given: string): string {
  const isTree = TREE.test(name);
  const listed = isTree ? given.replace(QUOTED_PATTERNS, "$1(any).{$2}") : given;
  const value = listed.replace(
    isTree ? NESTED_PATTERNS : PATTERNS,
    (_, operator, list) => operator + list.replaceAll("*", "%"),
  );
  if (NO_FILTERS.includes(name.split(".").at(-1) ?? "")) return value;
  if (isTree) return value.replace(NESTED, '"$1"');
  const list = LIST.exec(value);
  if (list === null) return value.replace(COMPARED, '$1"$2"');
  const [, before = "", items = ""] = list;
  const texts = items.replace(LISTED, (item, given) => given ?? `"${item.replace(/["\\]/g, "\\$&")}"`);
  return `${before}${texts})`;
}

type Parameter = [string, string];

/** Several trees of a table as one, for all of them must hold; to @supabase/lite one of several `or` is enough. */
export function joined(given: readonly Parameter[]): Parameter[] {
  const trees = new Map<string, string[]>();
  for (const [name, value] of given) {
    const [tree, table = "", operator = ""] = TREE.exec(name) ?? [];
    if (tree !== undefined) trees.set(table, [...(trees.get(table) ?? []), operator + value]);
  }
  const several = [...trees].filter(([, parts]) => parts.length > 1);
  const isJoined = (name: string) => several.some(([table]) => TREE.test(name) && tableOf(name) === table);
  return [
    ...given.filter(([name]) => !isJoined(name)),
    ...several.map(([table, parts]): Parameter => [`${table}and`, `(${parts.join(",")})`]),
  ];
}

function tableOf(name: string): string {
  return TREE.exec(name)?.[1] ?? "";
}
