import { asPostgrest } from "../../../python/campaignbase/local/gateway/errors.ts";
import { equal } from "../support/assert.ts";

/** What @supabase/lite makes of the error: it answers the JSON of an error with the code PGRST. */
function answer(code: string): { status: number; body: unknown } {
  const error = Object.assign(new Error("told"), { code, detail: "d", hint: "h" });
  const made = asPostgrest(error) as Error & { code: string; detail: string };
  equal(made.code, "PGRST");
  return { status: JSON.parse(made.detail).status, body: JSON.parse(made.message) };
}

// [SQLSTATE, HTTP status of PostgREST]
const CASES: [string, number][] = [
  ["23502", 400],
  ["23503", 409],
  ["23505", 409],
  ["23514", 400], // check violation: no class of its own in the table
  ["P0001", 400], // raise exception
  ["P0002", 500],
  ["0A000", 400],
  ["40001", 500],
  ["57014", 500], // statement timeout
  ["57P01", 503],
  ["53400", 500],
  ["53300", 503],
  ["28000", 403],
  ["XX000", 500],
];

for (const [code, status] of CASES) {
  Deno.test(`asPostgrest: ${code} is ${status}`, () => {
    equal(answer(code), { status, body: { code, message: "told", details: "d", hint: "h" } });
  });
}

Deno.test("asPostgrest leaves what is answered right already, and what is no error of Postgres", () => {
  for (const code of ["42501", "22P02", "PT404", "PGRST", "ECONNREFUSED"]) {
    const error = Object.assign(new Error("x"), { code });
    equal(asPostgrest(error) === error, true);
  }
});
