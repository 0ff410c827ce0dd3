import { quoted } from "../../../python/campaignbase/local/gateway/filters.ts";
import { booleanText } from "../../../python/campaignbase/local/gateway/types.ts";
import { equal } from "../support/assert.ts";

// [parameter, value, what @supabase/lite is given]
const CASES: [string, string, string][] = [
  ["content", "eq.null", 'eq."null"'],
  ["content", "not.neq.NULL", 'not.neq."NULL"'],
  ["content", "eq. lead", 'eq." lead"'],
  ["content", "gt.1.0", 'gt."1.0"'],
  ["content", "eq.", 'eq.""'],
  ["content", 'eq."q"', 'eq.""q""'], // the quotes are of the text
  ["content", "eq.a\nb", 'eq."a\nb"'],
  ["content", "match.007", 'match."007"'],
  ["tags", "neq.{}", 'neq."{}"'],
  ["content", "is.null", "is.null"], // that is what it is for
  ["content", "not.is.null", "not.is.null"],
  ["content", "like.null", "like.null"],
  ["content", "eq(any).{a,1.0}", "eq(any).{a,1.0}"],
  ["content", "in.(null,1.0,false)", 'in.("null","1.0","false")'],
  ["content", 'not.in.("a,null",null)', 'not.in.("a,null","null")'],
  ["content", 'in.("a\\"b",c"d)', 'in.("a\\"b","c\\"d")'],
  ["content", "in.()", "in.()"],
  ["or", "(content.eq.null,and(id.neq.true,x.is.null))", '(content.eq."null",and(id.neq."true",x.is.null))'],
  ["or", "(n.not.gt.1.0,tags.eq.{},tags.eq.{a,b})", '(n.not.gt."1.0",tags.eq."{}",tags.eq.{a,b})'],
  ["or", "(a.like.b.eq.c,a.in.(1,2))", "(a.like.b.eq.c,a.in.(1,2))"],
  ["or", '(a.eq."b,c",a->>b.eq.5)', '(a.eq."b,c",a->>b.eq."5")'],
  ["campaigns.or", "(name.eq.null)", '(name.eq."null")'],
  ["campaigns.name", "eq.null", 'eq."null"'],
  ["select", "eq.null", "eq.null"],
  ["campaigns.order", "eq.null", "eq.null"],
];

for (const [name, value, expected] of CASES) {
  Deno.test(`quoted: ${name}=${value}`, () => equal(quoted(name, value), expected));
}

Deno.test("booleanText leaves texts to Postgres", () => {
  equal([true, false, "true", "nonsense"].map(booleanText), ["t", "f", "true", "nonsense"]);
});
