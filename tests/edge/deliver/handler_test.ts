/** The function `deliver` on a queue in memory: who may poke it, what it sends, when it ends. */
import { type Deps, handle } from "../../../supabase/functions/deliver/handler.ts";
import type { Queue } from "../../../supabase/functions/deliver/queue.ts";
import type { Delivery, Result } from "../../../supabase/functions/deliver/sender.ts";
import { equal } from "../support/assert.ts";

const KEY = "sb_secret_1";

/** Gives what waits, four at once to each address, as the database does. */
class MemoryQueue implements Queue {
  waiting: Delivery[] = [];
  results: Result[] = [];
  claims = 0;
  stale = new Set<string>();
  #leased = new Map<string, string>();

  add(url: string, count: number): void {
    for (let place = 0; place < count; place++) {
      this.waiting.push({ delivery_id: `${url}#${place}`, attempt: 1, url, body: "{}", secrets: [] });
    }
  }

  claim(batch: number): Promise<Delivery[]> {
    this.claims++;
    const taken = this.waiting.filter(({ url, delivery_id }) => {
      const busy = [...this.#leased.values()].filter((leased) => leased === url).length;
      if (busy >= 4) return false;
      this.#leased.set(delivery_id, url);
      return true;
    }).slice(0, batch);
    this.waiting = this.waiting.filter((delivery) => !taken.includes(delivery));
    return Promise.resolve(taken);
  }

  complete(results: Result[]): Promise<string[]> {
    this.results.push(...results);
    for (const { delivery_id } of results) this.#leased.delete(delivery_id);
    return Promise.resolve(
      results.map(({ delivery_id }) => this.stale.has(delivery_id) ? "stale" : "accepted"),
    );
  }
}

class Stage {
  queue = new MemoryQueue();
  later: Promise<unknown>[] = [];
  sent: string[] = [];
  statuses: Record<string, number> = {};
  slow = new Map<string, Promise<void>>();
  now = 0;

  deps: Deps = {
    secretKeys: [KEY, "sb_secret_2"],
    queue: this.queue,
    clock: {
      now: () => this.now,
      sleep: async (milliseconds) => {
        this.now += milliseconds;
        await new Promise((done) => setTimeout(done, 0));
      },
    },
    later: (work) => this.later.push(work),
    send: async ({ delivery_id, attempt, url }) => {
      this.sent.push(url);
      await this.slow.get(url);
      const status = this.statuses[url] ?? 204;
      return { delivery_id, attempt, status, error: null, response: null, retry_after: null, duration_ms: 1 };
    },
  };

  async call(
    body: unknown = { wait: true },
    key: string | null = KEY,
    method = "POST",
  ): Promise<[number, unknown]> {
    const request = new Request("http://functions/deliver", {
      method,
      headers: key === null ? {} : { apikey: key },
      body: method === "POST" ? JSON.stringify(body) : undefined,
    });
    const response = await handle(request, this.deps);
    return [response.status, await response.json()];
  }
}

Deno.test("only who holds a secret key may poke it", async () => {
  const stage = new Stage();
  stage.queue.add("https://a/", 1);
  equal((await stage.call({}, null))[0], 401);
  equal((await stage.call({}, "sb_secret_x"))[0], 401);
  equal((await stage.call({}, KEY, "GET"))[0], 405);
  equal([stage.sent, stage.queue.claims], [[], 0]);
  equal((await stage.call({ wait: true }, "sb_secret_2"))[0], 200);
});

Deno.test("a poke is answered at once, and the work goes on behind it", async () => {
  const stage = new Stage();
  stage.queue.add("https://a/", 2);
  equal(await stage.call({}), [202, { started: true }]);
  equal(stage.later.length, 1);
  await Promise.all(stage.later);
  equal(stage.sent.length, 2);
});

Deno.test("everything that is due is sent, and counted", async () => {
  const stage = new Stage();
  stage.queue.add("https://a/", 9);
  stage.queue.add("https://b/", 3);
  stage.statuses["https://b/"] = 500;
  const report = { delivered: 9, failed: 3, errors: ["answered 500"] };
  equal(await stage.call(), [200, report]);
  equal(stage.queue.results.length, 12);
});

Deno.test("an answer that came too late counts for nothing", async () => {
  const stage = new Stage();
  stage.queue.add("https://a/", 2);
  stage.queue.stale.add("https://a/#0");
  equal(await stage.call(), [200, { delivered: 1, failed: 0, errors: [] }]);
});

Deno.test("an endpoint that does not answer delays no other", async () => {
  const stage = new Stage();
  let release = () => {};
  stage.slow.set("https://slow/", new Promise((done) => release = done));
  stage.queue.add("https://slow/", 20);
  stage.queue.add("https://fast/", 20);
  const working = stage.call();
  const fast = () =>
    stage.queue.results.filter(({ delivery_id }) => delivery_id.startsWith("https://fast")).length;
  for (let turn = 0; turn < 200 && fast() < 20; turn++) await new Promise((done) => setTimeout(done, 1));
  equal([fast(), stage.sent.filter((url) => url === "https://slow/").length], [20, 4]);
  release();
  await working;
});

Deno.test("it looks once more before it ends, for a poke that was not sent", async () => {
  const stage = new Stage();
  const late = stage.deps.clock.sleep;
  stage.deps.clock.sleep = (milliseconds) => {
    if (stage.now === 0) stage.queue.add("https://late/", 1);
    return late(milliseconds);
  };
  equal(await stage.call(), [200, { delivered: 1, failed: 0, errors: [] }]);
});

Deno.test("it begins nothing after a minute", async () => {
  const stage = new Stage();
  stage.queue.add("https://a/", 400);
  const send = stage.deps.send;
  stage.deps.send = (delivery) => {
    stage.now += 2_000;
    return send(delivery);
  };
  await stage.call();
  equal(stage.queue.results.length < 60, true);
  equal(stage.queue.waiting.length > 300, true);
});
