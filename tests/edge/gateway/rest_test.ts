import { askRest } from "../../../python/campaignbase/local/gateway/rest.ts";
import { equal } from "../support/assert.ts";

const CATALOGUE = {
  keys: [{ name: "posts_author_fkey", table: "posts", refTable: "authors", column: "author_id" }],
  primary: [{ table: "posts", columns: ["id"] }, { table: "likes", columns: ["post", "by"] }],
};
const OBJECT = "application/vnd.pgrst.object+json";

/** What is asked of @supabase/lite, which changes these rows and shows those. */
async function asked(path: string, changed: unknown, shown: unknown, headers: Record<string, string> = {}) {
  const seen: string[] = [];
  const answer = await askRest(
    (request) => {
      const url = new URL(request.url);
      seen.push(`${request.method} ${decodeURIComponent(url.search)}`);
      const status = request.method === "PATCH" ? 200 : 206;
      const told = { "content-range": `${request.method}` };
      const rows = request.method === "PATCH" ? changed : shown;
      return Promise.resolve(Response.json(rows, { status, headers: told }));
    },
    new Request(`http://x/rest/v1/${path}`, {
      method: "PATCH",
      body: "{}",
      headers: { prefer: "return=representation", ...headers },
    }),
    CATALOGUE,
  );
  return {
    seen,
    status: answer.status,
    range: answer.headers.get("content-range"),
    body: await answer.json(),
  };
}

const FILTER = "text=eq.a&authors.name=eq.b&not.or=(x.is.null)&order=id";

Deno.test("askRest reads what was changed by its key, not by the filter of the change", async () => {
  const shown = [{ text: "new", authors: { name: "b" } }];
  equal(await asked(`posts?${FILTER}&select=text,authors(name)`, [{ id: 7 }, { id: 8 }], shown), {
    seen: [
      'PATCH ?text=eq."a"&not.or=(x.is.null)&select=id',
      'GET ?authors.name=eq."b"&order=id&select=text,authors!author_id(name)&id=in.("7","8")',
    ],
    status: 200,
    range: "PATCH",
    body: shown,
  });
});

Deno.test("askRest gives the one changed row that was asked for, and asks nothing where none was changed", async () => {
  const one = await asked("posts?id=eq.7&select=a:text", [{ id: 7 }], [{ a: 1 }], { accept: OBJECT });
  equal([one.status, one.body], [200, { a: 1 }]);
  const none = await asked("posts?id=eq.7&select=a:text", [], "unasked");
  equal([none.seen.length, none.status, none.body], [1, 200, []]);
  equal((await asked("posts?id=eq.7&select=a:text", [], "unasked", { accept: OBJECT })).status, 406);
});

for (const path of ["posts?select=id,text", "likes?select=a:post", "posts", "rpc/f?select=a:b"]) {
  Deno.test(`askRest asks once: ${path}`, async () => {
    equal((await asked(path, [{ a: 1 }], "unasked")).seen.length, 1);
  });
}

/** What is answered to a request with these headers, and what @supabase/lite was asked with. */
async function told(headers: Record<string, string>) {
  const seen: Headers[] = [];
  const answer = await askRest(
    (request) => {
      seen.push(request.headers);
      const applied = { "preference-applied": request.headers.get("prefer") ?? "" };
      return Promise.resolve(Response.json([], { headers: applied }));
    },
    new Request("http://x/rest/v1/posts", { headers: { apikey: "sb_key", ...headers } }),
    CATALOGUE,
  );
  return { seen, status: answer.status, headers: answer.headers, body: await answer.json() };
}

// [Authorization, parts of the token; null: it is read by @supabase/lite]
const TOKENS: [string, number | null][] = [
  ["Bearer nonsense", 1],
  ["Bearer a.b", 2],
  ["bearer a.b.", 2], // unsigned
  ["Bearer a.b.c.d", 4],
  ["Bearer a.b.c", null],
  ["Bearer sb_key", null], // the key again is no user's
  ["Basic eDp5", null],
];

for (const [authorization, parts] of TOKENS) {
  Deno.test(`askRest takes nobody for anon whose token is none: ${authorization}`, async () => {
    const { seen, status, body } = await told({ authorization });
    equal([seen.length, status], parts === null ? [1, 200] : [0, 401]);
    const message = `Expected 3 parts in JWT; got ${parts}`;
    if (parts !== null) equal(body, { code: "PGRST301", details: null, hint: null, message });
  });
}

Deno.test("askRest counts where an estimate was asked for", async () => {
  const { seen, headers } = await told({ prefer: "return=representation, count=estimated" });
  equal(seen[0]!.get("prefer"), "return=representation, count=exact");
  equal(headers.get("preference-applied"), "return=representation, count=estimated");
  equal((await told({ prefer: "count=planned" })).headers.get("preference-applied"), "count=planned");
});
