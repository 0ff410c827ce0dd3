/** What a client asks of `postgres_changes`: one binding's parameters, read and checked. Pure: no I/O. */
export interface Filter {
  column: string;
  op: Operator;
  /** as the client wrote it; of `in` a Postgres array literal */
  value: string;
  negate: boolean;
}

export interface Wanted {
  event: "*" | "INSERT" | "UPDATE" | "DELETE";
  schema: string;
  /** "*" is every table of the schema */
  table: string;
  filters: Filter[];
  /** null is every column */
  select: string[] | null;
}

export type Operator = keyof typeof OPERATORS;

/** How each operator is written in SQL, its right side given as a text. */
export const OPERATORS = {
  eq: "=",
  neq: "<>",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  in: "= any",
  like: "like",
  ilike: "ilike",
  match: "~",
  imatch: "~*",
  is: "is",
  isdistinct: "is distinct from",
} as const;

export const MAX_IN_VALUES = 100;

/** Parameters the server refuses: it answers with this text and does not try again. */
export class BindingError extends Error {}

export function readBinding(params: Record<string, unknown>): Wanted {
  const { schema, table, filter } = params;
  const select = readSelect(params.select);
  if (typeof schema !== "string" && typeof table !== "string") {
    throw new BindingError(
      "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: " +
        JSON.stringify(params),
    );
  }
  const wanted: Wanted = {
    event: readEvent(params.event),
    schema: typeof schema === "string" ? schema : "public",
    table: typeof table === "string" ? table : "*",
    filters: typeof filter === "string" ? readFilters(filter) : [],
    select,
  };
  if (wanted.table === "*" && wanted.filters.length > 0) {
    throw new BindingError(
      "No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: " +
        JSON.stringify(params),
    );
  }
  if (select !== null && (wanted.schema === "*" || wanted.table === "*")) {
    throw new BindingError(
      "Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.",
    );
  }
  return wanted;
}

/** `a=eq.1,b=in.(x,y),c=not.is.null`: all of them must hold. */
export function readFilters(text: string): Filter[] {
  return text.trim() === "" ? [] : splitAtCommas(text.trim()).map(readFilter);
}

function readFilter(text: string): Filter {
  const [, column, negation, op, value] = /^([^=]+)=(not\.)?([a-z]+)\.(.*)$/s.exec(text) ?? [];
  if (column === undefined || value === undefined || !isOperator(op)) {
    throw new BindingError(`Error parsing \`filter\` params: ${JSON.stringify([text])}`);
  }
  const negate = negation !== undefined;
  if (op !== "in") return { column, op, value: unquote(value), negate };
  if (!value.startsWith("(") || !value.endsWith(")")) {
    throw new BindingError(
      `Error parsing \`filter\` params: \`in\` expects a list in parentheses, got ${value}`,
    );
  }
  const values = splitAtCommas(value.slice(1, -1)).map(unquote);
  if (values.length > MAX_IN_VALUES) {
    throw new BindingError(`too many values for \`in\` filter. Maximum ${MAX_IN_VALUES}`);
  }
  const quoted = values.map((one) => `"${one.replace(/[\\"]/g, "\\$&")}"`);
  return { column, op, value: `{${quoted.join(",")}}`, negate };
}

function readEvent(event: unknown): Wanted["event"] {
  const name = typeof event === "string" ? event.toUpperCase() : "*";
  return name === "INSERT" || name === "UPDATE" || name === "DELETE" ? name : "*";
}

function readSelect(select: unknown): string[] | null {
  if (typeof select === "string") {
    throw new BindingError(
      'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]',
    );
  }
  const names = Array.isArray(select) ? select.filter((name) => typeof name === "string") : [];
  return names.length === 0 ? null : names;
}

/** Parts between commas that are neither in parentheses nor quoted. */
function splitAtCommas(text: string): string[] {
  const parts = [""];
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    const opensQuote = !quoted && letter === '"' && /(^|[.(,])$/.test(text.slice(0, at));
    if (quoted && letter === "\\") {
      parts[parts.length - 1] += letter + (text[++at] ?? "");
      continue;
    }
    if (opensQuote || (quoted && letter === '"')) quoted = !quoted;
    else if (!quoted && letter === "(") depth++;
    else if (!quoted && letter === ")") depth = Math.max(0, depth - 1);
    if (letter === "," && depth === 0 && !quoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

function unquote(text: string): string {
  return /^".*"$/s.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

function isOperator(op: string | undefined): op is Operator {
  return op !== undefined && Object.hasOwn(OPERATORS, op);
}
