/**
 * Send what waits to be sent, side by side, until nothing is due. Whoever pokes it says nothing about what to do:
 * the rows say it, so a lost or doubled poke loses no delivery. A poke is answered at once and the work goes on
 * behind it, for pg_net holds everything else back until its slowest request is answered; `{"wait": true}` waits.
 */
import { requireSecretKey } from "../_shared/auth.ts";
import { answered, jsonObject, onlyPost } from "../_shared/errors.ts";
import type { Queue } from "./queue.ts";
import type { Delivery, Result, Send } from "./sender.ts";

export interface Deps {
  /** any of them may poke */
  secretKeys: string[];
  queue: Queue;
  send: Send;
  clock: { now(): number; sleep(milliseconds: number): Promise<void> };
  /** keeps the function alive until this is done */
  later(work: Promise<unknown>): void;
}

export interface Report {
  delivered: number;
  failed: number;
  errors: string[];
}

const SLOTS = 32; // under way at once; the database gives few of them to one endpoint
const LEASE_SECONDS = 60; // four times what a try may take
const WORK_MS = 60_000; // nothing is begun later; the platform ends a function after 150 s
const LOOK_AGAIN_MS = 1_500; // a poke within a second of another is not sent: look once more after it

export function handle(request: Request, deps: Deps): Promise<Response> {
  return answered(async () => {
    onlyPost(request);
    await requireSecretKey(request, deps.secretKeys);
    const { wait } = await jsonObject(request);
    const work = drain(deps);
    if (wait === true) return Response.json(await work);
    deps.later(work.catch((error) => console.error(error)));
    return Response.json({ started: true }, { status: 202 });
  });
}

async function drain(deps: Deps): Promise<Report> {
  const report: Report = { delivered: 0, failed: 0, errors: [] };
  const until = deps.clock.now() + WORK_MS;
  const running = new Set<Promise<void>>();
  const ended: Result[] = [];
  let looks = 0;
  while (true) {
    const free = SLOTS - running.size;
    const claimed = free && deps.clock.now() < until ? await deps.queue.claim(free, LEASE_SECONDS) : [];
    for (const delivery of claimed) start(delivery);
    if (running.size) {
      looks = 0;
      await Promise.race([...running, ...(claimed.length ? [] : [deps.clock.sleep(LOOK_AGAIN_MS)])]);
      await write();
    } else if (looks++ || deps.clock.now() >= until) {
      return report;
    } else {
      await deps.clock.sleep(LOOK_AGAIN_MS);
    }
  }

  function start(delivery: Delivery): void {
    const sending: Promise<void> = deps.send(delivery).then((result) => {
      ended.push(result);
      running.delete(sending);
    });
    running.add(sending);
  }

  async function write(): Promise<void> {
    const results = ended.splice(0);
    if (!results.length) return;
    const verdicts = await deps.queue.complete(results);
    results.forEach((result, place) => {
      if (verdicts[place] !== "accepted") return;
      const { status, error } = result;
      if (error === null && status !== null && status >= 200 && status <= 299) {
        report.delivered++;
        return;
      }
      report.failed++;
      const told = error ?? `answered ${status}`;
      if (!report.errors.includes(told)) report.errors.push(told);
    });
  }
}
