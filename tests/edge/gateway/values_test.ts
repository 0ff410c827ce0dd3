import { toJson } from "../../../python/campaignbase/local/gateway/realtime/values.ts";
import { exactNumber, isoTime } from "../../../python/campaignbase/local/gateway/types.ts";
import { equal } from "../support/assert.ts";

// [what Postgres writes, name of the type, what to_jsonb makes of it]
const CASES: [string | null, string, unknown][] = [
  [null, "text", null],
  ["t", "bool", true],
  ["f", "bool", false],
  ["-12", "int4", -12],
  ["0.90", "numeric", 0.9],
  ["NaN", "float8", "NaN"], // JSON has no such number
  ['{"a": [1, null]}', "jsonb", { a: [1, null] }],
  ["2026-11-22 21:11:40.77+00", "timestamptz", "2026-11-22T21:11:40.77+00:00"],
  ["2026-11-22 21:11:40", "timestamp", "2026-11-22T21:11:40"],
  ["2026-11-22", "date", "2026-11-22"],
  ["[0.1,0.2]", "vector", "[0.1,0.2]"],
  ["{}", "_text", []],
  ['{plain,"two words","a \\"b\\" \\\\ c","null",NULL}', "_text", [
    "plain",
    "two words",
    'a "b" \\ c',
    "null",
    null,
  ]],
  ["{{1,2},{3,NULL}}", "_int4", [[1, 2], [3, null]]],
  ["[0:1]={5,6}", "_int4", [5, 6]],
];

for (const [text, type, expected] of CASES) {
  Deno.test(`toJson: ${type} ${text}`, () => equal(toJson(text, type), expected));
}

Deno.test("isoTime leaves what is no time of that form", () => {
  for (const text of ["infinity", "2026-11-22", "hello", "2026-11-22T21:11:40+00:00"]) {
    equal(isoTime(text), text);
  }
  equal(isoTime("2026-11-22 21:11:40+05:30"), "2026-11-22T21:11:40+05:30");
});

Deno.test("exactNumber keeps the digits that a double would lose", () => {
  equal(exactNumber("12.50"), 12.5);
  equal(exactNumber("-0.001"), -0.001);
  equal(exactNumber("12345678901234567890"), "12345678901234567890");
  equal(exactNumber("NaN"), "NaN");
});
