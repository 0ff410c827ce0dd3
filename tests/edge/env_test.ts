import { equal, raised } from "./support/assert.ts";
import { readSettings } from "../../supabase/functions/_shared/env.ts";

const LEAST = { SUPABASE_URL: "http://x/", SUPABASE_PUBLISHABLE_KEY: "p", SUPABASE_SECRET_KEY: "s" };

function read(variables: Record<string, string>) {
  return readSettings((name) => variables[name]);
}

Deno.test("readSettings takes the least there must be", () => {
  equal(read(LEAST), {
    url: "http://x",
    publishableKey: "p",
    secretKeys: ["s"],
    developmentJwtSecret: null,
    openai: null,
    embeddings: null,
  });
});

Deno.test("readSettings prefers the default key and accepts every other one", () => {
  const found = read({
    ...LEAST,
    SUPABASE_SECRET_KEYS: '{"webhook": "w", "default": "d"}',
    SUPABASE_PUBLISHABLE_KEYS: '{"default": "pd"}',
    SUPABASE_SERVICE_ROLE_KEY: "old",
  });
  equal(found.secretKeys, ["d", "w", "s", "old"]);
  equal(found.publishableKey, "pd");
});

Deno.test("readSettings takes the names keys had before", () => {
  const found = read({ SUPABASE_URL: "http://x", SUPABASE_ANON_KEY: "a", SUPABASE_SERVICE_ROLE_KEY: "r" });
  equal([found.publishableKey, found.secretKeys], ["a", ["r"]]);
});

Deno.test("readSettings reads OpenAI's endpoint, and takes blank for nothing", () => {
  equal(read({ ...LEAST, OPENAI_API_KEY: "  " }).openai, null);
  const found = read({ ...LEAST, OPENAI_API_KEY: "k" }).openai;
  equal(found, { key: "k", baseUrl: "https://api.openai.com/v1" });
  const other = read({ ...LEAST, OPENAI_API_KEY: "k", OPENAI_BASE_URL: "http://here/v1/" }).openai;
  equal(other?.baseUrl, "http://here/v1");
});

Deno.test("readSettings reads another endpoint where all of it is said", () => {
  const said = { EMBEDDINGS_URL: "http://here/v1/", EMBEDDINGS_KEY: "k", EMBEDDINGS_MODEL: "m" };
  equal(read({ ...LEAST, ...said }).embeddings, { key: "k", baseUrl: "http://here/v1", model: "m" });
  for (const name of Object.keys(said)) equal(read({ ...LEAST, ...said, [name]: " " }).embeddings, null);
});

Deno.test("readSettings says what must be set", async () => {
  const error = await raised(() => read({ ...LEAST, SUPABASE_URL: " " }));
  equal(error.message, "SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY(S) and SUPABASE_SECRET_KEY(S) must be set");
});
