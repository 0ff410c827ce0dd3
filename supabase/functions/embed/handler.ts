/**
 * Fill vectors: of categories and tags as a worker does (claimed, answered, fenced), of content and campaigns
 * beside the workers, without a lease, each only where the text is still the one that was read.
 *
 * Whoever pokes it says nothing about what to do: the rows say it, so a lost or doubled poke loses no work.
 */
import { requireSecretKey } from "../_shared/auth.ts";
import { type Purse, withinBudgets } from "../_shared/budget.ts";
import { answered, HttpError, jsonObject, onlyPost } from "../_shared/errors.ts";
import { type Bill, type Clock, type Embedder, ProviderError } from "../_shared/openai.ts";
import type { LabelAnswer, LabelJob, PendingText, Queue, TextAnswer } from "./queue.ts";

export interface Deps {
  /** any of them may poke */
  secretKeys: string[];
  /** null where none is configured */
  embedder: Embedder | null;
  queue: Queue;
  purse: Purse;
  clock: Clock;
  /** until when the provider asked to be left alone, milliseconds; kept as long as this process lives */
  pause: { until: number };
}

const DEFAULT_BATCH = 100;
const MAX_BATCH = 200;
const HOLD_SECONDS = 90; // of a lease or a hold: longer than a round
const ROUNDS_MS = 50_000; // no round begins later; the platform ends a silent request after 150 s
const PROVIDER_MS = 40_000; // of a round
const LEFT = { retry_after: null }; // to the worker
const LATER_SECONDS = 30; // up to twice that, where the provider did not say

interface Report {
  rounds: number;
  labels: Record<string, number>;
  texts: Record<string, number>;
  errors: string[];
}

/** What is to be embedded, whatever it is. */
type Item =
  & { text: string; workspace_id: string }
  & ({ label: LabelJob } | { pending: PendingText });

export function handle(request: Request, deps: Deps): Promise<Response> {
  return answered(async () => {
    onlyPost(request);
    await requireSecretKey(request, deps.secretKeys);
    if (!deps.embedder) {
      throw new HttpError(503, "not_configured", "OPENAI_API_KEY is not set", {
        hint: "supabase secrets set OPENAI_API_KEY=...; until then the workers embed",
      });
    }
    const batch = clamped((await jsonObject(request)).batch);
    const left = deps.pause.until - deps.clock.now();
    if (left > 0) {
      throw new HttpError(503, "provider_busy", "the provider asked to be left alone", {
        headers: { "Retry-After": String(Math.ceil(left / 1000)) },
      });
    }
    const report: Report = { rounds: 0, labels: {}, texts: {}, errors: [] };
    const until = deps.clock.now() + ROUNDS_MS;
    let trouble: ProviderError | null = null;
    do {
      const items = await take(deps.queue, deps.embedder.model, batch);
      if (!items.length) break;
      report.rounds++;
      trouble = await round(items, deps, deps.embedder, report);
    } while (!trouble && deps.clock.now() < until);
    return told(report, trouble);
  });
}

async function take(queue: Queue, model: string, batch: number): Promise<Item[]> {
  const labels = await queue.claimLabels(model, batch, HOLD_SECONDS);
  const room = batch - labels.length;
  const pending = room > 0 ? await queue.pending(model, room, HOLD_SECONDS) : [];
  return [
    // names_like_this are embedded as words; the hash stays that of the text
    ...labels.map((label) => ({
      text: label.target_text.replaceAll("_", " "),
      workspace_id: label.workspace_id,
      label,
    })),
    ...pending.map((text) => ({ text: text.target_text, workspace_id: text.workspace_id, pending: text })),
  ];
}

/** One call of the provider, one write of each kind; the trouble that ends the work, or null. */
async function round(
  items: Item[],
  deps: Deps,
  embedder: Embedder,
  report: Report,
): Promise<ProviderError | null> {
  const until = deps.clock.now() + PROVIDER_MS;
  const outcomes = await withinBudgets(
    items,
    embedder,
    deps.purse,
    deps.clock.now(),
    (paid, bill) => embedded(paid, embedder, deps.clock, until, bill),
  );
  const lasting = outcomes.find((one) =>
    one instanceof ProviderError && !["refused", "unpaid"].includes(one.trouble)
  );
  const trouble = lasting instanceof ProviderError ? lasting : null;
  const after = trouble?.retryAfterSeconds ?? LATER_SECONDS * (1 + Math.random());
  if (trouble?.trouble === "busy") deps.pause.until = deps.clock.now() + after * 1000;

  const labels: LabelAnswer[] = [];
  const texts: TextAnswer[] = [];
  const released: LabelJob[] = [];
  items.forEach((item, place) => {
    const outcome = outcomes[place]!;
    const failed = outcome instanceof ProviderError ? outcome : null;
    if (failed && !report.errors.includes(failed.message)) report.errors.push(failed.message);
    // null: the model knows nothing in it. A label is done with that; of a text the worker decides
    const vector = outcome instanceof Float32Array
      ? { embedding: outcome, embedding_model: embedder.model }
      : null;
    if ("label" in item) {
      const { job_id, attempt, content_hash } = item.label;
      // a wrong key is no fault of the row's
      if (failed?.trouble === "misconfigured") released.push(item.label);
      else labels.push({ job_id, attempt, content_hash, ...(failed ? failure(failed, after) : vector) });
    } else {
      const { kind, target_id, content_hash } = item.pending;
      texts.push({ kind, target_id, content_hash, ...(failed ? postponed(failed, after) : vector ?? LEFT) });
    }
  });
  const [labelVerdicts, textVerdicts] = await Promise.all([
    labels.length ? deps.queue.complete(labels) : [],
    texts.length ? deps.queue.write(texts) : [],
    released.length ? deps.queue.release(released) : 0,
  ]);
  labelVerdicts.forEach((verdict, place) =>
    count(report.labels, labels[place]!.failure ? "failed" : verdict)
  );
  textVerdicts.forEach((verdict) => count(report.texts, verdict));
  released.forEach(() => count(report.labels, "released"));
  return trouble;
}

/** A vector or a trouble an item. Where one text is refused, half by half, so that the others get theirs. */
async function embedded(
  items: Item[],
  embedder: Embedder,
  clock: Clock,
  until: number,
  bill: Bill,
): Promise<(Float32Array | null | ProviderError)[]> {
  try {
    return await embedder.embed(items.map(({ text }) => text), until - clock.now(), bill);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.trouble !== "refused" || items.length === 1) return items.map(() => error);
    const half = items.length >> 1;
    const first = await embedded(items.slice(0, half), embedder, clock, until, bill);
    return [...first, ...await embedded(items.slice(half), embedder, clock, until, bill)];
  }
}

/** Of a label's job: busy costs no failure; what nothing helps is dead, with its reason. */
function failure(error: ProviderError, after: number): Pick<LabelAnswer, "failure"> {
  const { trouble, message, retryAfterSeconds } = error;
  const permanent = trouble === "refused" || trouble === "money";
  const waits = { busy: after, unpaid: retryAfterSeconds }[trouble as string] ?? null;
  return { failure: { message, permanent, retry_after: waits } };
}

/** Of a text: when it may be asked for again; null: a worker deals with it. */
function postponed(error: ProviderError, after: number): Pick<TextAnswer, "retry_after"> {
  const { trouble, retryAfterSeconds } = error;
  if (trouble === "unpaid") return { retry_after: retryAfterSeconds };
  return { retry_after: trouble === "refused" || trouble === "money" ? null : after };
}

function told(report: Report, trouble: ProviderError | null): Response {
  if (trouble?.trouble === "misconfigured") {
    throw new HttpError(503, "not_configured", trouble.message, {
      hint: "Check OPENAI_API_KEY and OPENAI_BASE_URL of this function.",
    });
  }
  const { rounds, labels, texts, errors } = report;
  const embedded = (labels.accepted ?? 0) + (texts.written ?? 0);
  const asked = trouble?.retryAfterSeconds;
  return Response.json({ embedded, rounds, labels, texts, errors: errors.slice(0, 5) }, {
    status: errors.length ? 207 : 200,
    headers: asked ? { "Retry-After": String(Math.ceil(asked)) } : {},
  });
}

function clamped(batch: unknown): number {
  if (batch === undefined || batch === null) return DEFAULT_BATCH;
  if (typeof batch !== "number" || !Number.isInteger(batch)) {
    throw new HttpError(400, "invalid_body", `batch must be a whole number, not ${JSON.stringify(batch)}`);
  }
  return Math.min(Math.max(batch, 1), MAX_BATCH);
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
