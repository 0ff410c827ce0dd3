import { readBinding, readFilters } from "../../../python/campaignbase/local/gateway/realtime/filters.ts";
import { equal, message } from "../support/assert.ts";

const eq = (column: string, value: string) => ({ column, op: "eq", value, negate: false });

// [what a client writes, what it means]
const CASES: [string, unknown][] = [
  ["", []],
  ["   ", []],
  ["label_state=eq.queued", [eq("label_state", "queued")]],
  ["url=eq.https://x.y/?a=b", [eq("url", "https://x.y/?a=b")]],
  ["a=eq.", [eq("a", "")]],
  ["id=not.neq.5", [{ column: "id", op: "neq", value: "5", negate: true }]],
  ["id=in.(1,2)", [{ column: "id", op: "in", value: '{"1","2"}', negate: false }]],
  ['n=in.("a,b",c")', [{ column: "n", op: "in", value: '{"a,b","c\\""}', negate: false }]],
  ["a=gt.1,b=lte.2", [{ column: "a", op: "gt", value: "1", negate: false }, {
    column: "b",
    op: "lte",
    value: "2",
    negate: false,
  }]],
  ['a=eq."x,y",b=eq.z', [eq("a", "x,y"), eq("b", "z")]],
  ["a=is.null", [{ column: "a", op: "is", value: "null", negate: false }]],
];

for (const [text, expected] of CASES) {
  Deno.test(`readFilters: ${text}`, () => equal(readFilters(text), expected));
}

for (const text of ["undefined", "a=foo.1", "a", "=eq.1", "a=constructor.1", "a=eq.1,"]) {
  Deno.test(`readFilters refuses ${text}`, () => {
    equal(message(() => readFilters(text)).startsWith("Error parsing `filter` params: ["), true);
  });
}

Deno.test("readFilters refuses more than a hundred values", () => {
  const values = (count: number) => Array.from({ length: count }, (_, at) => at).join(",");
  equal(readFilters(`id=in.(${values(100)})`).length, 1);
  equal(message(() => readFilters(`id=in.(${values(101)})`)), "too many values for `in` filter. Maximum 100");
});

Deno.test("readBinding: a schema alone is all its tables, a table alone is public's", () => {
  const rest = { event: "*", filters: [], select: null };
  equal(readBinding({ schema: "public" }), { ...rest, schema: "public", table: "*" });
  equal(readBinding({ table: "tags" }), { ...rest, schema: "public", table: "tags" });
  equal(readBinding({ event: "insert", schema: "s", table: "t", select: ["id"] }), {
    event: "INSERT",
    schema: "s",
    table: "t",
    filters: [],
    select: ["id"],
  });
});

Deno.test("readBinding refuses what names nothing and columns of every table", () => {
  equal(
    message(() => readBinding({ event: "*" })),
    'No subscription params provided. Please provide at least a `schema` or `table` to subscribe to: {"event":"*"}',
  );
  equal(
    message(() => readBinding({ schema: "public", select: ["id"] })),
    "Column selection is not supported for wildcard subscriptions. Provide an explicit schema and table name.",
  );
  equal(
    message(() => readBinding({ table: "t", select: "id" })),
    'Error parsing `select` params: expected a list of column name strings, e.g. select: ["col1", "col2"]',
  );
});
