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
