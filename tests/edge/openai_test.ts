/** The embedder against tests/support/fake_openai.py: what it makes of every fault. */
import {
  MODEL,
  openaiEmbedder,
  pgvector,
  ProviderError,
  retryAfter,
} from "../../supabase/functions/_shared/openai.ts";
import { equal, ok, raised } from "./support/assert.ts";
import { FakeClock } from "./support/clock.ts";
import { FakeOpenAI, type Fault, KEY } from "./support/openai.ts";

const SALE = "Spring sale: 20% off";
const RAIN = "Rain jackets are back";
const MINUTE = 60_000;

Deno.test("the embedder", async (test) => {
  await using server = await FakeOpenAI.start();

  async function step(name: string, work: (clock: FakeClock) => Promise<void>): Promise<void> {
    await server.forget();
    await test.step(name, () => work(new FakeClock()));
  }
  const embedder = (clock = new FakeClock(), key = KEY) =>
    openaiEmbedder({ key, baseUrl: server.url }, clock);
  async function trouble(clock: FakeClock, texts = [SALE], ms = MINUTE): Promise<ProviderError> {
    const error = await raised(() => embedder(clock).embed(texts, ms));
    ok(error instanceof ProviderError, `expected a ProviderError, got ${error}`);
    return error;
  }

  await step("asks once for all texts and keeps their order", async () => {
    const [sale, rain] = await embedder().embed([SALE, RAIN], MINUTE);
    const [call, ...others] = await server.calls();
    equal(others, []);
    equal(call!.body, { model: MODEL, input: [SALE, RAIN], encoding_format: "base64" });
    equal(call!.headers.authorization, `Bearer ${KEY}`);
    await server.script("shuffled");
    equal(await embedder().embed([SALE, RAIN], MINUTE), [sale, rain]);
    equal([sale!.length, Math.fround(norm(sale!))], [1536, 1]);
    ok(sale !== rain && cosine(sale!, rain!) < 0.5, "two texts without a word in common");
  });

  await step("cuts long texts inside the limits of a call", async () => {
    const texts = Array.from({ length: 100 }, (_, place) => "é".repeat(4000) + place); // 8,001 bytes each
    equal((await embedder().embed(texts, MINUTE)).length, 100);
    equal((await server.calls()).map(({ body }) => body.input.length), [72, 72, 56]);
  });

  const passing = ["rate_limited", "server_error", "overloaded", "cut", "malformed", "empty_body"];
  const odd = ["wrong_count", "twice_the_same", "wrong_width", "not_unit", "not_finite"];
  for (const fault of [...passing, ...odd]) {
    await step(`asks again after ${fault}`, async (clock) => {
      await server.script(fault);
      equal((await embedder(clock).embed([SALE], MINUTE)).length, 1);
      equal([(await server.calls()).length, clock.slept.length], [2, 1]);
    });
  }

  const lasting: [string, string, RegExp][] = [
    ["rate_limited", "busy", /^OpenAI refuses: 429 rate_limit_exceeded: Rate limit reached/],
    ["overloaded", "busy", /503 server_error: The engine is currently overloaded/],
    ["cut", "busy", /OpenAI cannot be reached/],
    ["server_error", "broken", /500 server_error/],
    ["malformed", "broken", /what is no list of vectors/],
    ["wrong_count", "broken", /1 vectors for 2 texts/],
    ["twice_the_same", "broken", /2 vectors for 2 texts/],
    ["wrong_width", "broken", /vectors of 768 numbers, expected 1536/],
    ["not_unit", "broken", /a vector of length 2, expected unit length/],
    ["not_finite", "broken", /a vector of length NaN, expected unit length/],
  ];
  for (const [fault, kind, message] of lasting) {
    await step(`gives up after three calls that meet ${fault}`, async (clock) => {
      await server.script(fault, fault, fault, fault);
      const error = await trouble(clock, [SALE, RAIN]);
      equal([error.trouble, (await server.calls()).length], [kind, 3]);
      ok(message.test(error.message), error.message);
      equal(error.retryAfterSeconds, null);
    });
  }

  const final: [string | Fault, string][] = [
    [{ name: "no_money", retry_after: "1" }, "money"],
    ["spend_limit", "money"],
    ["payment_required", "money"],
    ["not_active", "money"],
    ["unauthorized", "misconfigured"],
    ["forbidden", "misconfigured"],
  ];
  for (const [fault, kind] of final) {
    const name = typeof fault === "string" ? fault : fault.name;
    await step(`never asks again after ${name}`, async (clock) => {
      await server.script(fault);
      equal((await trouble(clock)).trouble, kind);
      equal([(await server.calls()).length, clock.slept], [1, []]);
    });
  }

  await step("says which text is refused", async (clock) => {
    const error = await trouble(clock, [SALE, "a text the provider refuses"]);
    equal([error.trouble, (await server.calls()).length], ["refused", 1]);
  });

  await step("waits as long as it is asked to, and no longer than it has", async (clock) => {
    await server.script({ name: "rate_limited", retry_after: "7" });
    await embedder(clock).embed([SALE], MINUTE);
    equal(clock.slept, [7000]);
    await server.script({ name: "rate_limited", retry_after: "86400" });
    const error = await trouble(clock);
    equal([error.trouble, error.retryAfterSeconds, clock.slept.length], ["busy", 86400, 1]);
  });

  await step("survives a connection that is closed at once", async () => {
    await server.script("reset", "reset"); // Deno itself asks again on a connection it kept
    equal((await embedder().embed([SALE], MINUTE)).length, 1);
  });

  await step("does not wait for an answer that never comes", async (clock) => {
    await server.script("hang", "hang", "hang");
    const error = await trouble(clock, [SALE], 100);
    ok(/did not answer/.test(error.message), error.message);
  });

  await step("never shows the key", async () => {
    const error = await raised(() => embedder(new FakeClock(), "sk-s3cret").embed([SALE], MINUTE));
    ok(/401 invalid_api_key/.test(error.message) && !/s3cret/.test(error.message), error.message);
  });
});

Deno.test("retryAfter reads every form of later", () => {
  const now = Date.UTC(2026, 2, 1, 12);
  const cases: [Record<string, string>, number | null][] = [
    [{}, null],
    [{ "retry-after": "7" }, 7],
    [{ "retry-after": "2.5" }, 2.5],
    [{ "retry-after": "0" }, 0.1],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1.5],
    [{ "retry-after-ms": "soon", "retry-after": "9" }, 9],
    [{ "retry-after": "Sun, 01 Mar 2026 12:00:30 GMT" }, 30],
    [{ "retry-after": "Sun, 01 Mar 2026 11:00:00 GMT" }, 0.1],
    [{ "retry-after": "-5" }, null],
    [{ "retry-after": "Infinity" }, null],
    [{ "retry-after": "soon" }, null],
  ];
  for (const [headers, expected] of cases) equal(retryAfter(new Headers(headers), now), expected);
});

Deno.test("pgvector keeps every float32", () => {
  const vector = Float32Array.of(0, 1, -0.1, 1.17549435e-38, 0.333333343);
  equal(Float32Array.from(JSON.parse(pgvector(vector))), vector);
});

function norm(vector: Float32Array): number {
  return Math.sqrt(cosine(vector, vector));
}

function cosine(one: Float32Array, other: Float32Array): number {
  return one.reduce((sum, value, place) => sum + value * other[place]!, 0);
}
