import { keysOf, related } from "../../../python/campaignbase/local/gateway/relations.ts";
import { equal } from "../support/assert.ts";

const key = (name: string, table: string, column: string, ref_table: string, ref_column: string) => ({
  foreign_key_name: name,
  table,
  column,
  ref_table,
  ref_column,
});

// posts belong to one team; authors are found by (team, id), topics by (team, name), which is no primary key
const KEYS = keysOf([
  key("posts_team_fkey", "posts", "team_id", "teams", "id"),
  key("posts_author_fkey", "posts", "team_id", "authors", "team_id"),
  key("posts_author_fkey", "posts", "author_id", "authors", "id"),
  key("posts_topic_fkey", "posts", "team_id", "topics", "team_id"),
  key("posts_topic_fkey", "posts", "topic", "topics", "name"),
  key("topics_parent_fkey", "topics", "parent_id", "topics", "id"),
  key("notes_by_fkey", "notes", "by_id", "authors", "id"),
  key("notes_for_fkey", "notes", "for_id", "authors", "id"),
], [
  { table: "teams", columns: ["id"] },
  { table: "authors", columns: ["id"] },
  { table: "topics", columns: ["id"] },
  { table: "posts", columns: ["team_id", "id"] },
]);

// [the table, what is selected, what @supabase/lite is given]
const CASES: [string, string, string][] = [
  ["posts", "id,body", "id,body"],
  ["posts", "*,authors(name)", "*,authors!author_id(name)"],
  ["posts", "by:authors!posts_author_fkey!inner(name)", "by:authors!author_id!inner(name)"],
  ["posts", "posts_author_fkey(name)", "posts_author_fkey:authors!author_id(name)"],
  ["posts", "...authors(name)", "...authors!author_id(name)"],
  ["posts", "topics!posts_topic_fkey(name)", "topics(name)"], // by both columns, as without a hint
  ["posts", "teams(name,authors(name))", "teams!team_id(name,authors(name))"],
  [
    "authors",
    "name,posts!posts_author_fkey(body,teams(name))",
    "name,posts!author_id(body,teams!team_id(name))",
  ],
  ["authors", "name,posts(count)", "name,posts!author_id(count)"],
  ["posts", "a->b,c->>d,at::date,e:f,count(),cost.sum()", "a->b,c->>d,at::date,e:f,count(),cost.sum()"],
  ["posts", "authors!other_fkey(name)", "authors!other_fkey(name)"], // refused there by its own name
  ["posts", "nobody(name,x(y))", "nobody(name,x(y))"],
  ["topics", "parent:parent_id(name)", "parent:parent_id(name)"],
  ["topics", "kids:topics!topics_parent_fkey(name)", "kids:topics!parent_id(name)"], // those that refer to it
  ["topics", "topics_parent_fkey(name)", "topics_parent_fkey:topics!parent_id(name)"],
  ["topics", "topics!topics_parent_fkey(name)", "topics(name)"],
  ["topics", "topics(name)", "topics(name)"], // in which direction?
  ["authors", "notes(text)", "notes(text)"], // by which of two?
  ["authors", "notes!notes_by_fkey(text)", "notes!by_id(text)"],
  ["posts", '"a,(b",authors("x,(y")', '"a,(b",authors!author_id("x,(y")'],
];

for (const [table, select, expected] of CASES) {
  Deno.test(`related: ${select} of ${table}`, () => equal(related(select, table, KEYS), expected));
}
