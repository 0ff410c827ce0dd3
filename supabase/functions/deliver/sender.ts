/**
 * Sends one signed delivery to the address that was looked at, and to no other; as the worker does in
 * campaignbase.providers.webhook_sender.
 *
 * `fetch` resolves a name by itself, a second time, and so do the clients of node:http in some runtimes whatever
 * `lookup` they are given. Here the connection is opened to a number, and the name is given to TLS and to the Host
 * header: there is no second look. No redirect is followed; time and bytes are capped.
 */
import { isPublicAddress } from "./addresses.ts";
import { SignatureError, signedHeaders } from "./signature.ts";
import { type Target, targetOf, urlError } from "./url.ts";

export interface Delivery {
  delivery_id: string;
  attempt: number;
  url: string;
  /** signed and sent as it is */
  body: string;
  /** newest first; each signs */
  secrets: string[];
}

/** How one try went. Delivered: no error, and a status of 200 to 299. */
export interface Result {
  delivery_id: string;
  attempt: number;
  status: number | null;
  error: string | null;
  response: string | null;
  /** seconds the receiver asked for */
  retry_after: number | null;
  duration_ms: number;
}

/** What the sender needs of the network; tests put another in its place. */
export interface Network {
  /** every address the name leads to */
  resolve(host: string): Promise<string[]>;
  connect(address: string, port: number): Promise<Deno.TcpConn>;
  /** with the certificate checked against the name */
  secure(plain: Deno.TcpConn, host: string): Promise<Deno.Conn>;
}

export interface Options {
  /** loopback too, for development */
  allowLocal?: boolean;
  timeoutMs?: number;
  network?: Network;
  /** milliseconds */
  now?: () => number;
}

export type Send = (delivery: Delivery) => Promise<Result>;

const TIMEOUT_MS = 15_000; // for all of it: name, connection, encryption, request, status
const BODY_MS = 2_000; // more for what else is answered: the status says it all
const MAX_HEAD = 32 * 1024; // bytes
const MAX_BODY = 4 * 1024;
const MAX_INTERIM = 5; // answers of 1xx before the real one
const AGENT = "campaignbase-webhooks/edge";

class Refused extends Error {}
class TimedOut extends Error {}

/** One try; never rejects. */
export function sender(options: Options = {}): Send {
  const { allowLocal = false, timeoutMs = TIMEOUT_MS, network = internet, now = Date.now } = options;

  async function attempt(delivery: Delivery, open: Open): Promise<Partial<Result>> {
    const error = urlError(delivery.url, allowLocal);
    if (error !== null) throw new Refused(error);
    const target = targetOf(delivery.url);
    const address = await addressOf(target, network);
    const plain = open.keep(await network.connect(address, target.port));
    const connection = target.secure ? open.keep(await network.secure(plain, target.host)) : plain;
    await writeAll(connection, await request(delivery, target, now()));
    const reader = new Reader(connection);
    const { status, headers } = await answerOf(reader);
    return {
      status,
      response: await beginning(reader, headers),
      retry_after: retryAfter(headers.get("retry-after"), now()),
    };
  }

  return async (delivery) => {
    const started = now();
    const open = new Open();
    let outcome: Partial<Result>;
    try {
      outcome = await within(timeoutMs, attempt(delivery, open));
    } catch (error) {
      outcome = {
        error: error instanceof TimedOut ? `no answer in ${timeoutMs / 1000} seconds` : told(error),
      };
    } finally {
      open.close();
    }
    return {
      delivery_id: delivery.delivery_id,
      attempt: delivery.attempt,
      status: null,
      error: null,
      response: null,
      retry_after: null,
      duration_ms: Math.max(0, Math.round(now() - started)),
      ...outcome,
    };
  };
}

async function addressOf(target: Target, network: Network): Promise<string> {
  if (target.local) return "127.0.0.1";
  const addresses = await network.resolve(target.host);
  if (!addresses[0]) throw new Refused("the host's name leads nowhere");
  const closed = addresses.find((address) => !isPublicAddress(address));
  if (closed !== undefined) {
    throw new Refused(`the host's name leads to ${closed}, which is no public address`);
  }
  return addresses[0];
}

async function request(delivery: Delivery, target: Target, now: number): Promise<Uint8Array> {
  const body = new TextEncoder().encode(delivery.body);
  const usual = target.port === (target.secure ? 443 : 80);
  const headers = {
    "Host": usual ? target.host : `${target.host}:${target.port}`,
    "Content-Type": "application/json",
    "Content-Length": String(body.length),
    "User-Agent": AGENT,
    "Accept": "*/*",
    "Connection": "close",
    ...await signedHeaders(delivery.secrets, delivery.delivery_id, Math.floor(now / 1000), body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = new TextEncoder().encode([`POST ${target.path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
  return new Uint8Array([...head, ...body]);
}

/** The connections of one try, the encrypted one over the plain one; what opens too late is closed at once. */
class Open {
  #connections: Deno.Conn[] = [];
  #closed = false;

  keep<Connection extends Deno.Conn>(connection: Connection): Connection {
    this.#connections.unshift(connection);
    if (this.#closed) this.close();
    return connection;
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) {
      try {
        connection.close();
      } catch {
        // closed already: by the other side, or as a part of what is encrypted
      }
    }
  }
}

/** What came so far, of a connection that may say anything. */
class Reader {
  bytes = new Uint8Array(0);
  #ended = false;

  constructor(private readonly connection: Deno.Conn) {}

  /** False at the end. */
  async more(): Promise<boolean> {
    const part = new Uint8Array(16 * 1024);
    const read = this.#ended ? null : await this.connection.read(part);
    this.#ended = read === null;
    if (read !== null) this.bytes = new Uint8Array([...this.bytes, ...part.subarray(0, read)]);
    return !this.#ended;
  }
}

async function answerOf(reader: Reader): Promise<{ status: number; headers: Map<string, string> }> {
  for (let interim = 0; interim <= MAX_INTERIM; interim++) {
    const head = await headOf(reader);
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |\r\n)/.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(status)) throw new Refused("answered something that is not HTTP");
    if (status >= 200) return { status, headers: headersOf(head) };
  }
  throw new Refused("answered 1xx for ever");
}

/** The first lines up to the empty one, taken off. */
async function headOf(reader: Reader): Promise<string> {
  while (true) {
    const text = latin1(reader.bytes.subarray(0, MAX_HEAD + 4));
    const end = text.indexOf("\r\n\r\n");
    if (end > MAX_HEAD || end < 0 && reader.bytes.length > MAX_HEAD) {
      throw new Refused(`answered with more than ${MAX_HEAD} bytes of headers`);
    }
    if (end >= 0) {
      reader.bytes = reader.bytes.subarray(end + 4).slice();
      return text.slice(0, end + 4);
    }
    if (!await reader.more()) {
      const said = reader.bytes.length ? "something that is not HTTP" : "nothing";
      throw new Refused(`answered ${said} and closed the connection`);
    }
  }
}

/** Names in lower case; of a repeated one, the first. */
function headersOf(head: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim());
  }
  return headers;
}

/** The first bytes of the body, for people; what comes late or too long is left. */
async function beginning(reader: Reader, headers: Map<string, string>): Promise<string | null> {
  const length = headers.get("content-length") ?? "";
  const wanted = /^[0-9]{1,15}$/.test(length) ? Math.min(Number(length), MAX_BODY) : MAX_BODY;
  const reading = async () => {
    while (reader.bytes.length < wanted && await reader.more());
  };
  await within(BODY_MS, reading()).catch(() => {});
  let body = reader.bytes.subarray(0, wanted);
  if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") body = unchunked(body);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body).replaceAll("\0", "") || null;
}

/** As much of it as is there. */
function unchunked(body: Uint8Array): Uint8Array<ArrayBuffer> {
  const plain: number[] = [];
  let text = latin1(body);
  while (true) {
    const size = /^([0-9a-f]{1,8})(?:;[^\r\n]*)?\r\n/i.exec(text);
    const length = parseInt(size?.[1] ?? "0", 16);
    if (size === null || length === 0) return new Uint8Array(plain);
    const start = body.length - text.length + size[0].length;
    plain.push(...body.subarray(start, start + length));
    text = text.slice(size[0].length + length + 2);
  }
}

/** Seconds; the header says seconds or a date. */
function retryAfter(value: string | undefined, now: number): number | null {
  if (!value) return null;
  if (/^[0-9]+$/.test(value)) return Number(value.slice(0, 9));
  const moment = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(moment) ? null : Math.max(0, (moment - now) / 1000);
}

function told(error: unknown): string {
  if (error instanceof Refused || error instanceof SignatureError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  if (/certificate/i.test(message)) return `the host's certificate is refused: ${message}`;
  return `the connection failed: ${error instanceof Error ? error.name : "unknown"}`;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** What `work` answers; TimedOut when it has not by then. Whoever calls closes what it waits for. */
async function within<Answer>(milliseconds: number, work: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new TimedOut()), milliseconds);
  });
  work.catch(() => {}); // heard by nobody once it is late
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

const internet: Network = {
  async resolve(host) {
    const found = await Promise.allSettled([Deno.resolveDns(host, "A"), Deno.resolveDns(host, "AAAA")]);
    return found.flatMap((answer) => answer.status === "fulfilled" ? answer.value : []);
  },
  connect: (hostname, port) => Deno.connect({ hostname, port }),
  async secure(plain, hostname) {
    const connection = await Deno.startTls(plain, { hostname });
    await connection.handshake();
    return connection;
  },
};
