/** One delivery against servers that pretend to be on the internet; as tests/unit/providers does in Python. */
import {
  type Delivery,
  type Options,
  type Result,
  sender,
} from "../../../supabase/functions/deliver/sender.ts";
import { equal } from "../support/assert.ts";
import { CASES, documentedVerify, refusal, SECRET } from "./cases.ts";
import { answering, certificates, FakeNetwork, HOST, PUBLIC, serving, type Talk } from "./network.ts";

const NOW = Date.UTC(2026, 0, 1);
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nthanks";
const BODY = JSON.stringify({ type: "webhook.test", data: { text: "Größe" } });
const identity = await certificates(HOST);

function delivery(url = `https://${HOST}/in?x=1`, secrets = [SECRET]): Delivery {
  return { delivery_id: "msg_1", attempt: 3, url, body: BODY, secrets };
}

function result(found: Partial<Result>): Result {
  const nothing = { status: null, error: null, response: null, retry_after: null };
  return { delivery_id: "msg_1", attempt: 3, ...nothing, duration_ms: 0, ...found };
}

function send(network: FakeNetwork, what = delivery(), options: Options = {}): Promise<Result> {
  return sender({ network, now: () => NOW, timeoutMs: 5000, ...options })(what);
}

function sent(talk: Talk, options: Options = {}, what = delivery()): Promise<Result> {
  return serving(identity, talk, (network) => send(network, what, options));
}

Deno.test("a delivery is signed and goes to the address that was looked at", async () => {
  const seen: string[] = [];
  await serving(identity, answering(OK, seen), async (network) => {
    equal(await send(network), result({ status: 200, response: "thanks" }));
    equal([network.asked, network.connected, network.secured], [[HOST], [[PUBLIC, 443]], [HOST]]);
  });
  const [head, body] = seen[0]!.split("\r\n\r\n");
  const [first, ...lines] = head!.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(": ")[0]!.toLowerCase(), line.split(": ")[1]!]),
  );
  equal(first, "POST /in?x=1 HTTP/1.1");
  equal([headers.host, headers["content-type"]], [HOST, "application/json"]);
  equal(body, BODY);
  equal((await documentedVerify())(SECRET, headers, body!, NOW / 1000), "msg_1");
});

Deno.test("a name is resolved once, so that a second answer comes too late", async () => {
  await serving(identity, answering(OK), async (network) => {
    network.names = [[PUBLIC], ["127.0.0.1"]];
    equal((await send(network)).status, 200);
    const error = "the host's name leads to 127.0.0.1, which is no public address";
    equal(await send(network), result({ error }));
    equal(network.connected, [[PUBLIC, 443]]);
  });
});

Deno.test("no form of a hostile address reaches loopback", async () => {
  await serving(null, answering(OK), async (network) => {
    network.names = [["127.0.0.1"]];
    for (const { url, refused } of CASES.urls) {
      const led = "the host's name leads to 127.0.0.1, which is no public address";
      const error = refusal(refused) ?? led;
      equal([url, await send(network, delivery(url))], [url, result({ error })]);
    }
    equal(network.connected, []);
  });
});

Deno.test("every address a name leads to must be public", async () => {
  const mixed = [[PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"]];
  const empty = (address: string) => address !== "";
  for (const addresses of [...CASES.addresses.closed.filter(empty).map((address) => [address]), ...mixed]) {
    const network = new FakeNetwork(1);
    network.names = [addresses];
    const closed = addresses.find((address) => address !== PUBLIC);
    const error = `the host's name leads to ${closed}, which is no public address`;
    equal(await send(network), result({ error }));
    equal(network.connected, []);
  }
});

Deno.test("a name that leads nowhere is an error", async () => {
  const network = new FakeNetwork(1);
  network.names = [[]];
  equal(await send(network), result({ error: "the host's name leads nowhere" }));
});

Deno.test("a redirect is not followed", async () => {
  let hits = 0;
  const canary = () => {
    hits++;
    return Promise.resolve();
  };
  await serving(null, canary, async (inside) => {
    for (const status of [301, 302, 303, 307, 308]) {
      const location = `Location: http://127.0.0.1:${inside.port}/`;
      const answer = `HTTP/1.1 ${status} X\r\n${location}\r\nContent-Length: 0\r\n\r\n`;
      equal(await sent(answering(answer)), result({ status }));
    }
  });
  equal(hits, 0);
});

Deno.test("a certificate of another name or another authority is refused", async () => {
  const other = await certificates("hooks.other.com");
  await serving(other, answering(OK), async (network) => {
    const refused = (found: Result) => found.error?.startsWith("the host's certificate is refused: ");
    equal(refused(await send(network)), true);
    equal(refused(await send(new FakeNetwork(network.port, identity.authority))), true);
  });
});

Deno.test("loopback is reached only where it is allowed", async () => {
  await serving(null, answering(OK), async (network) => {
    const here = delivery(`http://localhost:${network.port}/in`);
    equal(await send(network, here), result({ error: CASES.messages.scheme }));
    equal((await send(network, here, { allowLocal: true })).status, 200);
    equal([network.connected, network.asked], [[["127.0.0.1", network.port]], []]);
  });
});

Deno.test("an answer that does not come in time is an error", async () => {
  const silent: Talk = async (connection) => {
    const part = new Uint8Array(65536);
    while (await connection.read(part) !== null);
  };
  const dripping: Talk = async (connection) => {
    while (true) {
      await connection.write(new TextEncoder().encode("H"));
      await new Promise((done) => setTimeout(done, 10));
    }
  };
  for (const talk of [silent, dripping]) {
    equal(await sent(talk, { timeoutMs: 300 }), result({ error: "no answer in 0.3 seconds" }));
  }
});

Deno.test("what is not an answer is an error", async () => {
  const answers: [string, string][] = [
    ["", "answered nothing and closed the connection"],
    ["HTTP/1.1 200 OK\r\nX: y", "answered something that is not HTTP and closed the connection"],
    ["SSH-2.0-OpenSSH_9\r\n\r\n", "answered something that is not HTTP"],
    ["HTTP/2 200\r\n\r\n", "answered something that is not HTTP"],
    ["HTTP/1.1 2000 OK\r\n\r\n", "answered something that is not HTTP"],
    [`HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}\r\n\r\n`, "answered with more than 32768 bytes of headers"],
    ["HTTP/1.1 100 Continue\r\n\r\n".repeat(20), "answered 1xx for ever"],
  ];
  for (const [answer, error] of answers) equal(await sent(answering(answer)), result({ error }));
});

Deno.test("answers are read as far as they matter", async () => {
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const answers: [string | Uint8Array, number, string | null][] = [
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 204, null],
    ["HTTP/1.0 500 Oops\r\n\r\nbroken", 500, "broken"],
    [`${chunked}3\r\nabc\r\n2;x=1\r\nde\r\n0\r\n\r\n`, 200, "abcde"],
    [`${chunked}zz\r\nabc`, 200, null],
    ["HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc", 200, "abc"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabcdef", 200, "ab"],
    [
      new Uint8Array([...new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\na\0b"), 0xff]),
      200,
      "ab\ufffd",
    ],
  ];
  for (const [answer, status, response] of answers) {
    equal(await sent(answering(answer)), result({ status, response }));
  }
});

Deno.test("a body without end is read no further than its beginning", async () => {
  let written = 0;
  const found = await sent(async (connection) => {
    await connection.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
    const part = new Uint8Array(65536).fill(120);
    while (written < 50_000_000) written += await connection.write(part);
  });
  equal([found.status, found.response], [200, "x".repeat(4096)]);
  equal(written < 20_000_000, true);
});

Deno.test("Retry-After is seconds or a date", async () => {
  const told: [string, number | null][] = [
    ["120", 120],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:10:00 GMT", 600],
    ["Thu, 01 Jan 2015 00:10:00 GMT", 0],
    ["soon", null],
    ["-1", null],
    ["99999999999999999999", 999_999_999],
  ];
  for (const [header, retry_after] of told) {
    const answer = `HTTP/1.1 429 Slow down\r\nRetry-After: ${header}\r\nContent-Length: 0\r\n\r\n`;
    equal(await sent(answering(answer)), result({ status: 429, retry_after }));
  }
});

Deno.test("an endpoint without a secret gets nothing", async () => {
  const seen: string[] = [];
  const error = "the endpoint has no secret; rotate it to make one";
  equal(await sent(answering(OK, seen), {}, delivery(undefined, [])), result({ error }));
  equal(seen, []);
});
