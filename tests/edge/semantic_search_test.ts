/** The function `semantic-search` on a library in memory: who may ask, what is asked, what is answered. */
import type { Purse } from "../../supabase/functions/_shared/budget.ts";
import { HttpError } from "../../supabase/functions/_shared/errors.ts";
import { type Embedder, MODEL, ProviderError } from "../../supabase/functions/_shared/openai.ts";
import { type Deps, handle } from "../../supabase/functions/semantic-search/handler.ts";
import type { Hit, Library, Search, Workspace } from "../../supabase/functions/semantic-search/library.ts";
import { answer, post, quietly } from "./support/answers.ts";
import { equal } from "./support/assert.ts";
import { FakeClock } from "./support/clock.ts";

const ACME = "aaaaaaaa-0000-0000-0000-000000000000";
const OTHER = "bbbbbbbb-0000-0000-0000-000000000000";
const HITS: Hit[] = Array.from({ length: 5 }, (_, place) => ({
  id: `${place}`,
  content: `text ${place}`,
  primary_category: null,
  tags: [],
  similarity: 1 - place / 10,
}));

class MemoryLibrary implements Library {
  searches: Search[] = [];
  constructor(private readonly known: Record<string, string | null>) {}
  workspaces(id: string | null): Promise<Workspace[]> {
    const all = Object.entries(this.known).map(([id, embedding_model]) => ({ id, embedding_model }));
    return Promise.resolve(all.filter((one) => id === null || one.id === id));
  }
  search(search: Search): Promise<Hit[]> {
    this.searches.push(search);
    return Promise.resolve(HITS.slice(0, search.count));
  }
}

class LengthEmbedder implements Embedder {
  readonly price: number | null = 1_000_000; // a dollar a token
  texts: string[] = [];
  constructor(private readonly error: ProviderError | null = null, readonly model = MODEL) {}
  embed(texts: string[]) {
    this.texts.push(...texts);
    return this.error
      ? Promise.reject(this.error)
      : Promise.resolve(texts.map((text) => Float32Array.of(text.length)));
  }
}

/** Pays for so many texts. */
class MemoryPurse implements Purse {
  log: unknown[] = [];
  constructor(private readonly room = Infinity) {}
  reserve(wishes: Parameters<Purse["reserve"]>[0]) {
    this.log.push(...wishes.map(({ workspace_id, amounts }) => [workspace_id, amounts]));
    const granted = Math.min(1, this.room);
    return Promise.resolve(wishes.map(() => ({ reservation_id: granted ? "r" : null, granted })));
  }
  settle(settlements: Parameters<Purse["settle"]>[0]) {
    this.log.push(...settlements);
    return Promise.resolve(settlements.length);
  }
}

function setting(
  library: Library,
  embedder: Embedder | Embedder[] | null = new LengthEmbedder(),
  purse = new MemoryPurse(),
): Deps & { tokens: string[] } {
  const tokens: string[] = [];
  return {
    tokens,
    purse,
    clock: new FakeClock(),
    embedders: [embedder ?? []].flat(),
    library: (token) => {
      tokens.push(token);
      return library;
    },
    verifyUser: (request) => {
      const token = request.headers.get("authorization");
      if (token !== "a token") throw new HttpError(401, "PGRST303", "JWT expired");
      return Promise.resolve({ id: "ann", token });
    },
  };
}

function ask(deps: Deps, body: unknown): Response | Promise<Response> {
  return handle(post(body, { authorization: "a token" }), deps);
}

Deno.test("the query becomes a vector of the workspace's model and is searched as the user", async () => {
  const library = new MemoryLibrary({ [ACME]: MODEL });
  const deps = setting(library);
  const found = await answer(ask(deps, { query: "rain", limit: 2 }));
  equal(found, [200, { query: "rain", model: MODEL, hits: HITS.slice(0, 2), limit: 2, offset: 0 }]);
  equal(deps.tokens, ["a token"]);
  equal(library.searches, [{ vector: Float32Array.of(4), count: 2, model: MODEL, workspaceId: null }]);
});

const pages: [Record<string, number>, number, string[]][] = [
  [{}, 10, ["0", "1", "2", "3", "4"]],
  [{ limit: 2, offset: 2 }, 4, ["2", "3"]],
  [{ limit: 0 }, 1, ["0"]],
  [{ limit: -7, offset: -7 }, 1, ["0"]],
  [{ limit: 5000 }, 100, ["0", "1", "2", "3", "4"]],
  [{ limit: 50, offset: 80 }, 100, []],
  [{ offset: 5000 }, 100, []],
];
for (const [page, count, ids] of pages) {
  Deno.test(`pages are clamped: ${JSON.stringify(page)}`, async () => {
    const library = new MemoryLibrary({ [ACME]: MODEL });
    const [status, body] = await answer(ask(setting(library), { query: "rain", ...page }));
    equal([status, library.searches[0]!.count], [200, count]);
    equal((body.hits as Hit[]).map(({ id }) => id), ids);
  });
}

Deno.test("of two models the asked workspace's is taken; without one it must be said which", async () => {
  const library = new MemoryLibrary({ [ACME]: MODEL, [OTHER]: "campaignbase-static-1" });
  const [status, body] = await answer(ask(setting(library), { query: "rain" }));
  equal([status, body.code], [400, "several_models"]);
  const [found] = await answer(ask(setting(library), { query: "rain", workspace_id: ACME }));
  equal([found, library.searches.map(({ workspaceId }) => workspaceId)], [200, [ACME]]);
});

Deno.test("workspaces without a vector do not count", async () => {
  const library = new MemoryLibrary({ [ACME]: MODEL, [OTHER]: null });
  equal((await answer(ask(setting(library), { query: "rain" })))[0], 200);
  const embedder = new LengthEmbedder();
  const none = setting(new MemoryLibrary({ [OTHER]: null }), embedder);
  equal(await answer(ask(none, { query: "rain" })), [
    200,
    { query: "rain", model: null, hits: [], limit: 10, offset: 0 },
  ]);
  equal(embedder.texts, []);
});

const unserved: [string, Embedder | null, number, string][] = [
  ["campaignbase-static-1", new LengthEmbedder(), 422, "model_not_served"],
  [MODEL, null, 422, "model_not_served"],
  [MODEL, new LengthEmbedder(new ProviderError("refused", "no")), 400, "query_refused"],
  [MODEL, new LengthEmbedder(new ProviderError("busy", "no", 7)), 503, "provider_unavailable"],
  [MODEL, new LengthEmbedder(new ProviderError("money", "the account of ...")), 503, "provider_unavailable"],
  [MODEL, new LengthEmbedder(new ProviderError("misconfigured", "key")), 503, "provider_unavailable"],
];
for (const [model, embedder, status, code] of unserved) {
  Deno.test(`a query that cannot be embedded: ${code}, ${status}`, async () => {
    const deps = setting(new MemoryLibrary({ [ACME]: model }), embedder);
    const response = await quietly(async () => await ask(deps, { query: "rain" }));
    if (status === 503) equal(Number(response.headers.get("retry-after")) >= 7, true);
    const [found, body] = await answer(response);
    equal([found, body.code], [status, code]);
    equal(JSON.stringify(body).includes("account"), false); // not the caller's to know
  });
}

Deno.test("what the database refuses is passed on", async () => {
  const library = new MemoryLibrary({ [ACME]: MODEL });
  library.search = () =>
    Promise.reject(new HttpError(403, "42501", "permission denied", { hint: "grant it" }));
  const found = await answer(ask(setting(library), { query: "rain" }));
  equal(found, [403, { code: "42501", message: "permission denied", details: null, hint: "grant it" }]);
});

const bodies: Record<string, unknown> = {
  "nothing": undefined,
  "no JSON": "{",
  "a list": [],
  "no query": {},
  "a blank query": { query: " \n" },
  "a number": { query: 7 },
  "a long query": { query: "x".repeat(4001) },
  "a character 0": { query: "rain\0" },
  "half a character": { query: "rain \ud800" },
  "an unknown field": { query: "rain", match_cout: 3 },
  "a limit in words": { query: "rain", limit: "ten" },
  "half a limit": { query: "rain", limit: 1.5 },
  "SQL for a workspace": { query: "rain", workspace_id: "' or true --" },
};
for (const [name, body] of Object.entries(bodies)) {
  Deno.test(`a body is refused: ${name}`, async () => {
    const library = new MemoryLibrary({ [ACME]: MODEL });
    const [status, found] = await answer(ask(setting(library), body));
    equal([status, found.code, library.searches], [400, "invalid_body", []]);
  });
}

Deno.test("another's workspace is not there", async () => {
  const found = await answer(
    ask(setting(new MemoryLibrary({ [ACME]: MODEL })), { query: "rain", workspace_id: OTHER }),
  );
  equal([found[0], found[1].code], [404, "workspace_not_found"]);
});

// what supabase-js of today sends to functions, and `x-region` where one is asked for
const SUPABASE_HEADERS = (
  "authorization x-client-info apikey content-type x-region x-retry-count traceparent tracestate baggage"
).split(" ");

Deno.test("a page may ask before it asks, and reads every refusal", async () => {
  const deps = setting(new MemoryLibrary({ [ACME]: MODEL }));
  const before = await handle(new Request("http://x/", { method: "OPTIONS" }), deps);
  equal([before.status, before.headers.get("access-control-allow-origin")], [204, "*"]);
  const allowed = before.headers.get("access-control-allow-headers")?.split(", ") ?? [];
  equal(SUPABASE_HEADERS.filter((name) => !allowed.includes(name)), []);
  for (const request of [post({ query: "rain" }), new Request("http://x/")]) {
    const refused = await handle(request, deps);
    equal([refused.ok, refused.headers.get("access-control-allow-origin")], [false, "*"]);
    await refused.body?.cancel();
  }
  equal(deps.tokens, []);
});

Deno.test("who has no token is told so before the query is read", async () => {
  const [status, body] = await answer(handle(post("{"), setting(new MemoryLibrary({}))));
  equal([status, body.code], [401, "PGRST303"]);
});

Deno.test("the embedder is the one of the workspace's model", async () => {
  const own = new LengthEmbedder(null, "ours-1");
  const library = new MemoryLibrary({ [ACME]: "ours-1" });
  const [status, found] = await answer(ask(setting(library, [new LengthEmbedder(), own]), { query: "rain" }));
  equal([status, (found as { model: string }).model, own.texts], [200, "ours-1", ["rain"]]);
  equal(library.searches.map((search) => search.model), ["ours-1"]);
});

Deno.test("words the model does not know find nothing", async () => {
  const library = new MemoryLibrary({ [ACME]: MODEL });
  const silent: Embedder = {
    model: MODEL,
    price: null,
    embed: (texts) => Promise.resolve(texts.map(() => null)),
  };
  const [status, found] = await answer(ask(setting(library, silent), { query: "\u{1f984}" }));
  equal([status, (found as { hits: unknown[] }).hits, library.searches], [200, [], []]);
});

Deno.test("the workspace pays for the query's vector, or is told that it cannot", async () => {
  const purse = new MemoryPurse();
  const library = new MemoryLibrary({ [OTHER]: null, [ACME]: MODEL });
  const [status] = await answer(ask(setting(library, new LengthEmbedder(), purse), { query: "rain" }));
  equal([status, purse.log], [200, [[ACME, [12]], { id: "r", cost: 0 }]]);

  const poor = setting(library, new LengthEmbedder(), new MemoryPurse(0));
  const response = await ask(poor, { query: "rain" });
  const { code } = await response.json();
  equal([response.status, code, response.headers.get("retry-after")], [503, "over_budget", "86400"]);
});
