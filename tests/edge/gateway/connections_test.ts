import { Connection, hearLoss, Pool } from "../../../python/campaignbase/local/gateway/connections.ts";
import { reachable } from "../../../python/campaignbase/local/gateway/errors.ts";
import { equal } from "../support/assert.ts";

/** Speaks as much of Postgres as a statement without parameters needs, and hangs up when told "crash". */
class Server {
  readonly heard: [connection: number, statement: string][] = [];
  #count = 0;
  #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });

  constructor() {
    this.#accept();
  }

  get url(): string {
    return `postgresql://x@127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}/x?sslmode=disable`;
  }

  close(): void {
    this.#listener.close();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) this.#serve(connection, ++this.#count);
  }

  async #serve(connection: Deno.Conn, number: number): Promise<void> {
    const bytes = new Uint8Array(4096);
    await connection.read(bytes); // the startup message
    await connection.write(new Uint8Array([...message("R", [0, 0, 0, 0]), ...READY]));
    for (let size = await connection.read(bytes); size !== null; size = await connection.read(bytes)) {
      if (bytes[0] !== "Q".charCodeAt(0)) break;
      const statement = new TextDecoder().decode(bytes.subarray(5, size - 1));
      this.heard.push([number, statement]);
      if (statement === "crash") break;
      const done = [...new TextEncoder().encode("SET"), 0];
      await connection.write(new Uint8Array([...message("C", done), ...READY]));
    }
    connection.close();
  }
}

function message(kind: string, body: number[]): number[] {
  return [kind.charCodeAt(0), 0, 0, 0, body.length + 4, ...body];
}
const READY = message("Z", ["I".charCodeAt(0)]);
const OPTIONS = { fetch_types: false };

async function raised(work: Promise<unknown>): Promise<unknown> {
  return await work.then(() => "nothing", (error) => error.code);
}

Deno.test("a lost connection refuses what is left of a transaction, and nothing of it is sent", async () => {
  const server = new Server();
  const connection = new Connection(server.url, OPTIONS);
  await connection.run("begin");
  equal(await raised(connection.run("crash")), "CONNECTION_CLOSED");
  equal(connection.isLost, true);
  equal(await raised(connection.run("rollback")), "CONNECTION_CLOSED");
  await new Promise((done) => setTimeout(done, 20)); // for what the driver might still send
  equal(server.heard, [[1, "begin"], [1, "crash"]]);
  await connection.close();
  server.close();
});

Deno.test("a pool replaces what was lost, gives what waits its turn, and keeps what is well", async () => {
  const server = new Server();
  const pool = new Pool(server.url, OPTIONS, 1);
  const first = await pool.reserve();
  const waiting = pool.run("second");
  equal(await raised(first.unsafe("crash")), "CONNECTION_CLOSED");
  first.release();
  await waiting;
  await pool.run("third");
  equal(server.heard, [[1, "crash"], [2, "second"], [2, "third"]]);
  await pool.close();
  server.close();
});

Deno.test("a read ends its transaction whatever happens in it", async () => {
  const server = new Server();
  const pool = new Pool(server.url, OPTIONS, 1);
  const failing = pool.read(async (connection) => {
    await connection.run("ask");
    throw Object.assign(new Error("no"), { code: "no" });
  });
  equal(await raised(failing), "no");
  equal(server.heard.map(([, statement]) => statement), ["begin read only", "ask", "rollback"]);
  await pool.close();
  server.close();
});

Deno.test("only the request whose connection was lost is answered 503", async () => {
  const server = new Server();
  const pool = new Pool(server.url, OPTIONS, 2);
  const ask = (statement: string) =>
    reachable("rest", async () => {
      // a service that takes the failure for a refusal
      const status = await pool.run(statement).then(() => 201, () => 400);
      return new Response(null, { status });
    });
  const [unlucky, lucky] = await Promise.all([ask("crash"), ask("fine")]);
  equal([unlucky.status, unlucky.headers.get("Retry-After")], [503, "1"]);
  equal((await unlucky.json()).code, "PGRST001");
  equal(lucky.status, 201);
  await pool.close();
  server.close();
});

Deno.test("a database that is not there is a loss", async () => {
  const server = new Server();
  const pool = new Pool(server.url, OPTIONS, 1);
  server.close();
  const [code, isLost] = await hearLoss(() => raised(pool.run("anything")));
  equal([code, isLost], ["ECONNREFUSED", true]);
  await pool.close();
});
