/** Vectors by OpenAI's text-embedding-3-small, or by another endpoint of the same form and its model. */
import type { Endpoint, Settings } from "./env.ts";
import { calls, mean, pieces } from "./limits.ts";

export const MODEL = "text-embedding-3-small";
export const DIMENSIONS = 1536;
const PRICE = 0.02; // US dollars per million tokens; developers.openai.com/api/docs/pricing

const WHOLE = { bytes: 1_000_000, texts: 256 }; // of a call, where texts are not cut: our own API's limits
const CALL_MS = 30_000; // for one answer
export const MAX_CALLS = 3; // one and its repetitions
const FIRST_PAUSE_MS = 500; // between them, doubled each time, full jitter
const UNIT_TOLERANCE = 1e-3; // of a vector's length
const OUT_OF_MONEY = new Set([ // of errors with status 429 and others
  "billing_not_active",
  "insufficient_quota",
  "billing_hard_limit_reached",
  "credit_balance_exhausted",
  "organization_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
  "project_spend_limit_exceeded",
]);

/**
 * busy: come back later, nobody's text is at fault. broken: it may pass, or a text does it. refused: one of
 * the texts, for good. money and misconfigured: nothing helps but a person. unpaid: the provider was not asked,
 * because a budget is spent.
 */
export type Trouble = "busy" | "broken" | "refused" | "money" | "misconfigured" | "unpaid";

export class ProviderError extends Error {
  constructor(readonly trouble: Trouble, message: string, readonly retryAfterSeconds: number | null = null) {
    super(message);
  }
}

/** What some calls read, for money; a provider that says nothing read a token a byte. */
export interface Bill {
  tokens: number;
}

export interface Embedder {
  readonly model: string;
  /** US dollars per million tokens; null: it costs nothing. */
  readonly price: number | null;
  /**
   * A vector a text, in order, 1536 wide and of unit length, null where the model knows nothing in it. OpenAI's of
   * a long text is the mean of its pieces.
   * Raises ProviderError, and after `deadlineMs` at the latest.
   */
  embed(texts: string[], deadlineMs: number, bill?: Bill): Promise<(Float32Array | null)[]>;
}

export interface Clock {
  now(): number; // milliseconds
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** What the environment offers; the first one is for workspaces that have no vector yet. */
export function embedders({ openai, embeddings }: Pick<Settings, "openai" | "embeddings">): Embedder[] {
  return [openai, embeddings].filter((one) => one !== null).map((one) => openaiEmbedder(one));
}

export function openaiEmbedder(
  { key, baseUrl, model = MODEL }: Endpoint & { model?: string },
  clock: Clock = systemClock,
): Embedder {
  const cuts = model === MODEL;
  const who = cuts ? "OpenAI" : "the embedder";

  async function embed(
    texts: string[],
    deadlineMs: number,
    bill: Bill = { tokens: 0 },
  ): Promise<(Float32Array | null)[]> {
    const until = clock.now() + deadlineMs;
    if (!cuts) {
      const whole = [];
      for (const call of calls(texts, WHOLE.bytes, WHOLE.texts)) {
        whole.push(...await repeated(call, until, bill));
      }
      return whole.map((vector) => vector.some((value) => value !== 0) ? vector : null);
    }
    const parts = texts.map((text) => pieces(text));
    const found: Float32Array[] = [];
    for (const call of calls(parts.flat())) found.push(...await repeated(call, until, bill));
    let place = 0;
    return parts.map((part) => mean(part, found.slice(place, place += part.length)));
  }

  /** Asked again while that may help and there is time. */
  async function repeated(texts: string[], until: number, bill: Bill): Promise<Float32Array[]> {
    for (let number = 1;; number++) {
      const left = until - clock.now();
      if (left <= 0) throw new ProviderError("broken", `${who} did not answer in time`);
      try {
        return await ask(texts, Math.min(left, CALL_MS), bill);
      } catch (error) {
        const passing = error instanceof ProviderError && ["busy", "broken"].includes(error.trouble);
        if (!passing) throw error;
        const asked = error.retryAfterSeconds;
        const pause = asked === null ? Math.random() * FIRST_PAUSE_MS * 2 ** (number - 1) : asked * 1000;
        if (number === MAX_CALLS || clock.now() + pause >= until) throw error;
        await clock.sleep(pause);
      }
    }
  }

  async function ask(texts: string[], ms: number, bill: Bill): Promise<Float32Array[]> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${baseUrl}/embeddings`, {
        method: "POST",
        headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        body: JSON.stringify({ model, input: texts, encoding_format: "base64" }),
        signal: AbortSignal.timeout(ms),
      });
      text = await response.text();
    } catch (error) {
      const slow = error instanceof DOMException && error.name === "TimeoutError";
      if (slow) bill.tokens += bytes(texts); // it may have been answered all the same
      if (slow) throw new ProviderError("broken", `${who} did not answer within ${Math.ceil(ms / 1000)} s`);
      throw new ProviderError("busy", `${who} cannot be reached: ${(error as Error).message}`);
    }
    if (!response.ok) throw refusal(who, response, text, key, clock.now());
    bill.tokens += counted(text) ?? bytes(texts);
    return checked(who, text, texts.length, !cuts);
  }

  return { model, price: cuts ? PRICE : null, embed };
}

export function bytes(texts: string[]): number {
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
}

/** The tokens that the provider says it read; null: it says nothing. */
function counted(text: string): number | null {
  try {
    const tokens = JSON.parse(text).usage?.total_tokens;
    return Number.isInteger(tokens) && tokens >= 0 ? tokens : null;
  } catch {
    return null;
  }
}

function refusal(who: string, response: Response, text: string, key: string, now: number): ProviderError {
  const { status } = response;
  const { message, code, type } = said(text);
  const about = [status, code ?? type].filter(Boolean).join(" ");
  const told = `${who} refuses: ${about}: ${message ?? response.statusText}`.replaceAll(key, "***");
  if (status === 402 || OUT_OF_MONEY.has(code ?? "") || OUT_OF_MONEY.has(type ?? "")) {
    return new ProviderError("money", told);
  }
  if (status === 408 || status === 409 || status === 429 || status >= 500) {
    const busy = status === 429 || status === 503;
    return new ProviderError(busy ? "busy" : "broken", told, retryAfter(response.headers, now));
  }
  return new ProviderError([400, 413, 422].includes(status) ? "refused" : "misconfigured", told);
}

function said(text: string): { message?: string; code?: string; type?: string } {
  try {
    const told = JSON.parse(text);
    return told.error ?? { message: told.detail }; // our own API's refusals are problem+json
  } catch {
    return {};
  }
}

/** Seconds, at least 0.1, by Retry-After (seconds or a date) or retry-after-ms; null: not said. */
export function retryAfter(headers: Headers, now: number): number | null {
  const number = (written: string | null) => {
    const found = written?.trim() ? Number(written) : NaN;
    return Number.isFinite(found) && found >= 0 ? found : null;
  };
  const ms = number(headers.get("retry-after-ms"));
  if (ms !== null) return Math.max(ms / 1000, 0.1);
  const written = headers.get("retry-after");
  let seconds = number(written);
  if (seconds === null && written && /[a-z]/i.test(written)) {
    const moment = Date.parse(written);
    if (!Number.isNaN(moment)) seconds = (moment - now) / 1000;
  }
  return seconds === null ? null : Math.max(seconds, 0.1);
}

/** `zeros`: a vector of length 0 is an answer too. */
function checked(who: string, text: string, count: number, zeros: boolean): Float32Array[] {
  const found: Float32Array[] = [];
  let places: number[];
  try {
    const { data } = JSON.parse(text) as { data: { index: number; embedding: string | number[] }[] };
    places = data.map(({ index }) => index).sort((one, other) => one - other);
    for (const { index, embedding } of data) found[index] = numbers(embedding);
  } catch (error) {
    throw new ProviderError(
      "broken",
      `${who} answered what is no list of vectors: ${(error as Error).message}`,
    );
  }
  if (places.length !== count || places.some((index, place) => index !== place)) {
    throw new ProviderError("broken", `${who} answered ${places.length} vectors for ${count} texts`);
  }
  for (const vector of found) {
    if (vector.length !== DIMENSIONS) {
      const told = `${who} answered vectors of ${vector.length} numbers, expected ${DIMENSIONS}`;
      throw new ProviderError("broken", told);
    }
    const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    if (!(Math.abs(length - 1) <= UNIT_TOLERANCE) && !(zeros && length === 0)) { // also what is not a number
      throw new ProviderError("broken", `${who} answered a vector of length ${length}, expected unit length`);
    }
  }
  return found;
}

/** base64 of little-endian float32 as asked for, or the plain list that some endpoints answer all the same. */
function numbers(written: string | number[]): Float32Array {
  if (typeof written !== "string") return Float32Array.from(written);
  const raw = atob(written);
  const bytes = new Uint8Array(raw.length);
  for (let place = 0; place < raw.length; place++) bytes[place] = raw.charCodeAt(place);
  return new Float32Array(bytes.buffer); // every machine Deno runs on is little-endian
}

/** pgvector's text; nine digits keep a float32. */
export function pgvector(vector: Float32Array): string {
  return `[${Array.from(vector, (value) => value === 0 ? "0" : value.toPrecision(9)).join(",")}]`;
}
