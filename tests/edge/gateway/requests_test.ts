import { readable, single } from "../../../python/campaignbase/local/gateway/requests.ts";
import { equal } from "../support/assert.ts";

const KEYS = [{ name: "posts_author_fkey", table: "posts", refTable: "authors", column: "author_id" }];
const POSTS = "http://x/rest/v1/posts";

function sent(url: string, method = "GET", body?: unknown, prefer = ""): Request {
  const headers = { a: "b", "content-type": "application/json", prefer };
  return new Request(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

Deno.test("readable quotes filters and hints embeds, and changes nothing else", async () => {
  const asked = await readable(sent(`${POSTS}?content=eq.null&select=id,authors(name)`, "PATCH", {}), KEYS);
  const parameters = Object.fromEntries(new URL(asked.url).searchParams);
  equal(parameters, { content: 'eq."null"', select: "id,authors!author_id(name)" });
  equal([asked.method, asked.headers.get("a"), await asked.text()], ["PATCH", "b", "{}"]);
});

Deno.test("readable leaves what is read alike, and arguments of functions", async () => {
  for (
    const url of [`${POSTS}?select=id&order=id`, "http://x/rest/v1/rpc/f?a=eq.null", "http://x/rest/v1/"]
  ) {
    const request = sent(url);
    equal(await readable(request, KEYS) === request, true);
  }
  const called = await readable(sent("http://x/rest/v1/rpc/f?a=eq.1&select=authors(x)", "POST", {}), KEYS);
  equal(Object.fromEntries(new URL(called.url).searchParams), { a: 'eq."1"', select: "authors(x)" });
});

// [what is preferred, the body, the body as given on]; the columns named are a and "b c"
const BODIES: [string, unknown, unknown][] = [
  ["", [{ a: 1 }, { a: 2, "b c": 3 }], [{ a: 1, "b c": null }, { a: 2, "b c": 3 }]],
  ["return=minimal, missing=default", [{ a: 1 }], [{ a: 1 }]],
  ["", { a: 1 }, { a: 1 }], // one row is sent with the columns it has
  ["", [1], [1]], // refused there
];

for (const [prefer, body, expected] of BODIES) {
  Deno.test(`readable: rows ${JSON.stringify(body)} where ${prefer || "nothing"} is preferred`, async () => {
    const asked = await readable(sent(`${POSTS}?columns=a,"b c"`, "POST", body, prefer), KEYS);
    equal(await asked.json(), expected);
  });
}

const OBJECT = "application/vnd.pgrst.object+json";
const one = (method: string, select: string) =>
  new Request(`${POSTS}?select=${select}`, { method, headers: { accept: OBJECT, prefer: "return=minimal" } });

Deno.test("readable lets a change that is to be answered with one row change one row", async () => {
  const preferences = async (method: string, select: string) =>
    (await readable(one(method, select), KEYS)).headers.get("prefer");
  equal(await preferences("PATCH", "id,authors(name)"), "return=minimal, handling=strict, max-affected=1");
  equal(await preferences("DELETE", "id"), "return=minimal, handling=strict, max-affected=1");
  equal(await preferences("GET", "id,authors(name)"), "return=minimal");
});

// [what @supabase/lite answers, its status, what the client gets, its status]
const ANSWERS: [unknown, number, unknown, number][] = [
  [[{ id: 1 }], 201, { id: 1 }, 201],
  [{ id: 1 }, 200, { id: 1 }, 200],
  [[], 200, "PGRST116", 406],
  [[1, 2], 200, "PGRST116", 406],
  [{ code: "PGRST124", details: "The query affects 2 rows" }, 400, "PGRST116", 406],
  [{ code: "22P02" }, 400, "22P02", 400],
];

for (const [given, status, expected, expectedStatus] of ANSWERS) {
  Deno.test(`single: ${JSON.stringify(given)} with status ${status}`, async () => {
    const headers = { "content-type": "application/json; charset=utf-8", "content-range": "*/*" };
    const answer = await single(one("PATCH", "id"), Response.json(given, { status, headers }));
    const told = await answer.json();
    equal([told.code ?? told, answer.status], [expected, expectedStatus]);
    equal(answer.headers.get("content-range"), "*/*");
  });
}

Deno.test("single leaves what asked for rows", async () => {
  const answer = Response.json([{ id: 1 }]);
  equal(await single(sent(POSTS), answer) === answer, true);
});
