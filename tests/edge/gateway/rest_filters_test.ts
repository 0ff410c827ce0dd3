import { joined, quoted } from "../../../python/campaignbase/local/gateway/filters.ts";
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
  ["content", "like(any).{a*,*b}", "like(any).{a%,%b}"],
  ["content", "not.ilike(all).{*a*}", "not.ilike(all).{%a%}"],
  ["content", "eq.like(any).{*}", 'eq."like(any).{*}"'], // a text
  ["or", "(a.like(any).{a*,b},b.not.ilike(all).{*})", "(a.like(any).{a%,b},b.not.ilike(all).{%})"],
  [
    "or",
    '(a.ilike."*x, (y*",b.eq."*",c.not.like."\\"%")',
    '(a.ilike(any).{"%x, (y%"},b.eq."*",c.not.like(any).{"\\"%"})',
  ],
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

// [parameters, what @supabase/lite is given]
const SEVERAL: [[string, string][], [string, string][]][] = [
  [[["or", "(a,b)"], ["id", "eq.1"]], [["or", "(a,b)"], ["id", "eq.1"]]],
  [[["or", "(a,b)"], ["id", "eq.1"], ["or", "(c,d)"]], [["id", "eq.1"], ["and", "(or(a,b),or(c,d))"]]],
  [[["not.or", "(a)"], ["and", "(b)"], ["not.and", "(c)"]], [["and", "(not.or(a),and(b),not.and(c))"]]],
  [[["or", "(a)"], ["x.or", "(b)"]], [["or", "(a)"], ["x.or", "(b)"]]], // of two tables
  [[["x.y.or", "(a)"], ["x.y.not.or", "(b)"]], [["x.y.and", "(or(a),not.or(b))"]]],
  [[["author", "eq.1"], ["author", "eq.2"]], [["author", "eq.1"], ["author", "eq.2"]]],
];

for (const [given, expected] of SEVERAL) {
  Deno.test(`joined: ${given.map(([name]) => name)}`, () => equal(joined(given), expected));
}

Deno.test("booleanText leaves texts to Postgres", () => {
  equal([true, false, "true", "nonsense"].map(booleanText), ["t", "f", "true", "nonsense"]);
});
