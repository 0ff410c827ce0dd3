import { literal, quoted } from "../../../python/campaignbase/local/gateway/filters.ts";
import { booleanText } from "../../../python/campaignbase/local/gateway/types.ts";
import { equal } from "../support/assert.ts";

// [parameter, value, what @supabase/lite is given]
const CASES: [string, string, string][] = [
  ["content", "eq.null", 'eq."null"'],
  ["content", "not.neq.NULL", 'not.neq."NULL"'],
  ["content", "eq.true", 'eq."true"'],
  ["content", "is.null", "is.null"], // that is what it is for
  ["content", "not.is.null", "not.is.null"],
  ["content", "eq.nullable", "eq.nullable"],
  ["content", "like.null", "like.null"],
  ["content", 'eq."null"', 'eq."null"'],
  ["content", "in.(null,x,false)", 'in.("null",x,"false")'],
  ["content", 'not.in.("a,null",null)', 'not.in.("a,null","null")'],
  ["or", "(content.eq.null,and(id.neq.true,x.is.null))", '(content.eq."null",and(id.neq."true",x.is.null))'],
  ["campaigns.or", "(name.eq.null)", '(name.eq."null")'],
  ["campaigns.name", "eq.null", 'eq."null"'],
  ["select", "eq.null", "eq.null"],
  ["campaigns.order", "eq.null", "eq.null"],
];

for (const [name, value, expected] of CASES) {
  Deno.test(`quoted: ${name}=${value}`, () => equal(quoted(name, value), expected));
}

Deno.test("literal changes a request only where there is such a word, and no call of a function", async () => {
  const url = "http://x/rest/v1/content_assets?content=eq.null&select=id";
  const asked = literal(new Request(url, { method: "PATCH", body: "{}", headers: { a: "b" } }));
  equal(new URL(asked.url).searchParams.get("content"), 'eq."null"');
  equal([asked.method, asked.headers.get("a"), await asked.text()], ["PATCH", "b", "{}"]);
  for (const same of ["http://x/rest/v1/a?b=eq.1&c=a+b", "http://x/rest/v1/rpc/f?a=eq.null"]) {
    const request = new Request(same);
    equal(literal(request) === request, true);
  }
});

Deno.test("booleanText leaves texts to Postgres", () => {
  equal([true, false, "true", "nonsense"].map(booleanText), ["t", "f", "true", "nonsense"]);
});
