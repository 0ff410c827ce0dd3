/** The function `embed` on a queue in memory: what it takes, what it writes, what it leaves alone. */
import {
  type Bill,
  type Embedder,
  MODEL,
  ProviderError,
  type Trouble,
} from "../../supabase/functions/_shared/openai.ts";
import type { Purse, Settlement, Wish } from "../../supabase/functions/_shared/budget.ts";
import { type Deps, handle } from "../../supabase/functions/embed/handler.ts";
import type {
  LabelAnswer,
  LabelJob,
  PendingText,
  Queue,
  TextAnswer,
} from "../../supabase/functions/embed/queue.ts";
import { answer, post, quietly } from "./support/answers.ts";
import { equal, ok } from "./support/assert.ts";
import { FakeClock } from "./support/clock.ts";

const SECRET = "sb_secret_1";

/** Gives what waits, once; remembers every answer. */
class MemoryQueue implements Queue, Purse {
  labels: LabelJob[] = [];
  texts: PendingText[] = [];
  asked: unknown[] = [];
  answers: LabelAnswer[] = [];
  written: TextAnswer[] = [];
  released: LabelJob[] = [];
  verdict: (target: string) => string = () => "written";
  room = Infinity; // texts that the budget pays for
  wishes: Wish[] = [];
  settled: Settlement[] = [];

  constructor(labels: string[] = [], texts: string[] = []) {
    this.labels = labels.map((target_text, place) => ({
      job_id: place + 1,
      attempt: 1,
      workspace_id: "w",
      content_hash: `hash of ${target_text}`,
      target_text,
    }));
    this.texts = texts.map((target_text) => ({
      workspace_id: "w",
      kind: "categorize_content",
      target_id: target_text,
      content_hash: `hash of ${target_text}`,
      target_text,
    }));
  }
  reserve(wishes: Wish[]) {
    this.wishes.push(...wishes);
    return Promise.resolve(wishes.map(({ amounts }, place) => {
      const granted = Math.min(amounts.length, this.room);
      this.room -= granted;
      return { reservation_id: granted ? `r${place}` : null, granted };
    }));
  }
  settle(settlements: Settlement[]) {
    this.settled.push(...settlements);
    return Promise.resolve(settlements.length);
  }
  claimLabels(model: string, batch: number, seconds: number) {
    this.asked.push(["labels", model, batch, seconds]);
    return Promise.resolve(this.labels.splice(0, batch));
  }
  pending(model: string, batch: number, seconds: number) {
    this.asked.push(["texts", model, batch, seconds]);
    return Promise.resolve(this.texts.splice(0, batch));
  }
  complete(answers: LabelAnswer[]) {
    this.answers.push(...answers);
    return Promise.resolve(answers.map(() => "accepted"));
  }
  write(answers: TextAnswer[]) {
    this.written.push(...answers);
    return Promise.resolve(answers.map((one) => one.embedding ? this.verdict(one.target_id) : "postponed"));
  }
  release(jobs: LabelJob[]) {
    this.released.push(...jobs);
    return Promise.resolve(jobs.length);
  }
}

/** A vector's first number is its text's length; fails as it is told to. */
class ScriptedEmbedder implements Embedder {
  readonly model = MODEL;
  readonly price = 1_000_000; // a dollar a token
  calls: string[][] = [];
  constructor(private readonly fails: (texts: string[], call: number) => ProviderError | null = () => null) {}
  embed(texts: string[], _deadline: number, bill: Bill = { tokens: 0 }) {
    this.calls.push(texts);
    bill.tokens += texts.length;
    const error = this.fails(texts, this.calls.length);
    return error ? Promise.reject(error) : Promise.resolve(texts.map((text) => Float32Array.of(text.length)));
  }
}

function setting(
  queue: MemoryQueue,
  embedder: Embedder | null = new ScriptedEmbedder(),
): Deps & { clock: FakeClock } {
  return { secretKeys: [SECRET], embedder, queue, purse: queue, clock: new FakeClock(), pause: { until: 0 } };
}

function poke(deps: Deps, body?: unknown): Promise<Response> {
  return handle(post(body, { apikey: SECRET }), deps);
}

function failing(trouble: Trouble, retryAfter: number | null = null) {
  return new ScriptedEmbedder(() => new ProviderError(trouble, `it is ${trouble}`, retryAfter));
}

Deno.test("labels and texts are embedded in one call and written by kind", async () => {
  const queue = new MemoryQueue(["new_arrival"], ["hello", "hi"]);
  const embedder = new ScriptedEmbedder();
  const found = await answer(poke(setting(queue, embedder), {}));
  equal(found, [200, { embedded: 3, rounds: 1, labels: { accepted: 1 }, texts: { written: 2 }, errors: [] }]);
  equal(embedder.calls, [["new arrival", "hello", "hi"]]); // a label's name as words
  const vector = (length: number) => ({ embedding: Float32Array.of(length), embedding_model: MODEL });
  equal(queue.answers, [{ job_id: 1, attempt: 1, content_hash: "hash of new_arrival", ...vector(11) }]);
  equal(queue.written.map(({ target_id, embedding }) => [target_id, embedding]), [
    ["hello", Float32Array.of(5)],
    ["hi", Float32Array.of(2)],
  ]);
  equal(queue.asked.slice(0, 2), [["labels", MODEL, 100, 90], ["texts", MODEL, 99, 90]]);
});

Deno.test("it goes on until nothing waits, one call a batch", async () => {
  const queue = new MemoryQueue([], ["a", "b", "c", "d", "e"]);
  const embedder = new ScriptedEmbedder();
  const [status, body] = await answer(poke(setting(queue, embedder), { batch: 2 }));
  equal([status, body.embedded, body.rounds], [200, 5, 3]);
  equal(embedder.calls, [["a", "b"], ["c", "d"], ["e"]]);
});

Deno.test("it begins no round late", async () => {
  const queue = new MemoryQueue([], ["a", "b", "c"]);
  const deps = setting(queue);
  deps.embedder = new ScriptedEmbedder(() => {
    deps.clock.advance(30_000);
    return null;
  });
  const [, body] = await answer(poke(deps, { batch: 1 }));
  equal([body.rounds, queue.texts.length], [2, 1]);
});

Deno.test("nothing to do is said", async () => {
  const found = await answer(poke(setting(new MemoryQueue())));
  equal(found, [200, { embedded: 0, rounds: 0, labels: {}, texts: {}, errors: [] }]);
});

Deno.test("what a worker or an edit did first is counted as such", async () => {
  const queue = new MemoryQueue([], ["kept", "stale", "written"]);
  queue.verdict = (target) => target;
  const [status, body] = await answer(poke(setting(queue)));
  equal([status, body.texts, body.embedded], [200, { kept: 1, stale: 1, written: 1 }, 1]);
});

for (
  const [given, asked] of [[undefined, 100], [null, 100], [0, 1], [-3, 1], [7, 7], [9999, 200]] as const
) {
  Deno.test(`the batch is clamped: ${given}`, async () => {
    const queue = new MemoryQueue();
    await (await poke(setting(queue), { batch: given })).body?.cancel();
    equal((queue.asked[0] as unknown[])[2], asked);
  });
}

Deno.test("busy: everything waits as long as was asked, and nobody asks meanwhile", async () => {
  const queue = new MemoryQueue(["news"], ["hello"]);
  const deps = setting(queue, failing("busy", 120));
  const response = await poke(deps);
  equal(response.headers.get("retry-after"), "120");
  const counts = { labels: { failed: 1 }, texts: { postponed: 1 }, errors: ["it is busy"] };
  equal(await answer(response), [207, { embedded: 0, rounds: 1, ...counts }]);
  equal(queue.answers[0]!.failure, { message: "it is busy", permanent: false, retry_after: 120 });
  equal(queue.written[0]!.retry_after, 120);

  queue.texts = new MemoryQueue([], ["more"]).texts;
  deps.clock.advance(60_000);
  const again = await poke(deps);
  equal(again.headers.get("retry-after"), "60");
  equal((await answer(again)).map((part) => typeof part === "object" ? part.code : part), [
    503,
    "provider_busy",
  ]);
  equal(queue.texts.length, 1); // it was not even taken
  deps.clock.advance(60_001);
  await (await poke(deps)).body?.cancel();
  equal(queue.texts.length, 0);
});

Deno.test("busy without a word of when: half a minute to a minute", async () => {
  const queue = new MemoryQueue(["news"], ["hello"]);
  await (await poke(setting(queue, failing("busy")))).body?.cancel();
  const after = queue.written[0]!.retry_after!;
  ok(after >= 30 && after <= 60, `${after}`);
  equal(queue.answers[0]!.failure!.retry_after, after);
});

const lasting: [Trouble, LabelAnswer["failure"], boolean][] = [
  ["broken", { message: "it is broken", permanent: false, retry_after: null }, true],
  ["money", { message: "it is money", permanent: true, retry_after: null }, false],
  ["refused", { message: "it is refused", permanent: true, retry_after: null }, false],
];
for (const [trouble, failure, again] of lasting) {
  Deno.test(`${trouble}: told once, ${again ? "tried again later" : "never here again"}`, async () => {
    const queue = new MemoryQueue(["news"], ["hello"]);
    const [status, body] = await answer(poke(setting(queue, failing(trouble))));
    equal([status, body.errors, body.labels], [207, [`it is ${trouble}`], { failed: 1 }]);
    equal(queue.answers[0]!.failure, failure);
    equal(typeof queue.written[0]!.retry_after, again ? "number" : "object"); // null: the worker's
  });
}

Deno.test("money ends the work: what waits is not taken and not asked for", async () => {
  const queue = new MemoryQueue([], ["a", "b"]);
  const embedder = failing("money");
  await (await poke(setting(queue, embedder), { batch: 1 })).body?.cancel();
  equal([embedder.calls.length, queue.texts.length], [1, 1]);
});

Deno.test("a wrong key is no row's fault", async () => {
  const queue = new MemoryQueue(["news"], ["hello"]);
  const [status, body] = await answer(poke(setting(queue, failing("misconfigured"))));
  equal([status, body.code, body.message], [503, "not_configured", "it is misconfigured"]);
  equal([queue.released.length, queue.answers.length], [1, 0]);
  equal(typeof queue.written[0]!.retry_after, "number");
});

Deno.test("one refused text takes no neighbor along", async () => {
  const queue = new MemoryQueue(["news"], ["one", "bad", "three", "four"]);
  const embedder = new ScriptedEmbedder((texts) =>
    texts.includes("bad") ? new ProviderError("refused", "this text is refused") : null
  );
  const [status, body] = await answer(poke(setting(queue, embedder)));
  equal([status, body.embedded, body.errors], [207, 4, ["this text is refused"]]);
  equal(body.texts, { written: 3, postponed: 1 });
  equal(queue.written.find((one) => !one.embedding), {
    kind: "categorize_content",
    target_id: "bad",
    content_hash: "hash of bad",
    retry_after: null,
  });
});

Deno.test("without a provider's key the workers embed", async () => {
  const queue = new MemoryQueue([], ["hello"]);
  const [status, body] = await answer(poke(setting(queue, null)));
  equal([status, body.code, body.message], [503, "not_configured", "OPENAI_API_KEY is not set"]);
  equal(queue.texts.length, 1);
});

Deno.test("a database that refuses is told as it says it", async () => {
  const queue = new MemoryQueue([], ["hello"]);
  queue.pending = () => Promise.reject(new Error("nobody foresaw this"));
  const [status, body] = await quietly(() => answer(poke(setting(queue))));
  equal([status, body.code, body.message], [500, "internal_error", "Internal Server Error"]);
});

const requests: Record<string, [Request, number, string]> = {
  "without a key": [post({}), 401, "UNAUTHORIZED_NO_AUTH_HEADER"],
  "with a wrong key": [post({}, { apikey: "sb_secret_2" }), 401, "invalid_api_key"],
  "with a user's token": [post({}, { authorization: "Bearer a.b.c" }), 401, "invalid_api_key"],
  "by GET": [new Request("http://x/", { headers: { apikey: SECRET } }), 405, "method_not_allowed"],
  "with a body that is no JSON": [post("{", { apikey: SECRET }), 400, "invalid_body"],
  "with a list": [post("[]", { apikey: SECRET }), 400, "invalid_body"],
  "with half a row": [post({ batch: 1.5 }, { apikey: SECRET }), 400, "invalid_body"],
  "with a batch in words": [post({ batch: "ten" }, { apikey: SECRET }), 400, "invalid_body"],
};
for (const [name, [request, status, code]] of Object.entries(requests)) {
  Deno.test(`a call is refused: ${name}`, async () => {
    const queue = new MemoryQueue([], ["hello"]);
    const [found, body] = await answer(handle(request, setting(queue)));
    equal([found, body.code, queue.texts.length], [status, code, 1]);
    equal(Object.keys(body), ["code", "message", "details", "hint"]);
  });
}

Deno.test("where the model knows nothing, a label is done and a text is left to the worker", async () => {
  const queue = new MemoryQueue(["\u{1f984}"], ["\u{1f984}\u{1f984}", "hi"]);
  const known: Embedder = {
    price: null,
    model: MODEL,
    embed: (texts) => Promise.resolve(texts.map((text) => text === "hi" ? Float32Array.of(1) : null)),
  };
  const [status, report] = await answer(poke(setting(queue, known), {}));
  equal([status, (report as { texts: unknown }).texts], [200, { postponed: 1, written: 1 }]);
  equal(queue.answers, [{ job_id: 1, attempt: 1, content_hash: "hash of \u{1f984}" }]);
  equal(queue.written[0], {
    kind: "categorize_content",
    target_id: "\u{1f984}\u{1f984}",
    content_hash: "hash of \u{1f984}\u{1f984}",
    retry_after: null,
  });
});

Deno.test("what a budget does not pay for is not asked about and waits until it begins anew", async () => {
  const queue = new MemoryQueue(["one", "four"], ["three"]);
  queue.room = 1;
  const embedder = new ScriptedEmbedder();
  const deps = setting(queue, embedder);
  deps.clock.advance(3_600_000); // an hour past midnight
  const [status, body] = await answer(poke(deps));
  equal(embedder.calls, [["one"]]);
  // three bytes and four and five, each at most three times
  equal(queue.wishes, [{ workspace_id: "w", kind: "embedding", model: MODEL, amounts: [9, 12, 15] }]);
  equal(queue.settled, [{ id: "r0", cost: 1 }]);
  equal(queue.answers[1]!.failure?.retry_after, 23 * 3600);
  equal(queue.answers[1]!.failure?.permanent, false);
  equal(queue.written.map(({ retry_after }) => retry_after), [23 * 3600]);
  const told = body as { errors: string[] };
  equal([status, told.errors.length], [207, 1]);
  ok(told.errors[0]!.includes("daily budget"), told.errors[0]!);
});

Deno.test("what a failed call may have cost is settled all the same", async () => {
  const queue = new MemoryQueue(["one"]);
  await quietly(() => answer(poke(setting(queue, failing("broken")))));
  equal(queue.settled, [{ id: "r0", cost: 1 }]);
});
