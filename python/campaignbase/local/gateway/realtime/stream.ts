/**
 * The stream of committed changes: a temporary slot, read by SQL. It lives while somebody wants it. When the slot
 * or the connection is lost, so are the changes until there is a new one, as on the platform.
 */
import type { Connection } from "../connections.ts";
import { type Database, PUBLICATION } from "./database.ts";
import { type Change, Decoder } from "./pgoutput.ts";

const BATCH = 100; // changes a poll, at least whole transactions
const FASTEST_MS = 2;
const SLOWEST_MS = 25;
const RETRY_MS = [100, 500, 1000, 2000];
const LINGER_MS = 5000; // how long the slot outlives the last subscriber

export interface Listener {
  /** Changes in commit order; the next ones come after it has finished. */
  changed(changes: Change[]): Promise<void>;
  /** There is a slot: from now on changes arrive. */
  ready(): void;
}

export class Stream {
  #wanted = false;
  #closed = false;
  #ready = false;
  #running: Promise<void> | null = null;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #wake = () => {};

  constructor(private readonly database: Database, private readonly listener: Listener) {}

  get isReady(): boolean {
    return this.#ready;
  }

  want(wanted: boolean): void {
    clearTimeout(this.#lingering);
    if (!wanted) {
      this.#lingering = setTimeout(() => this.#wanted = false, LINGER_MS);
      return;
    }
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#wanted && !this.#closed) this.want(true);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#lingering);
    this.#closed = true;
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#goesOn(); failures++) {
      const connection = this.database.connectSlot();
      try {
        await this.#follow(connection, () => failures = 0);
      } catch (error) {
        this.#ready = false;
        console.warn(`realtime: the stream of changes broke, trying again: ${error}`);
        await this.#pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 0);
      } finally {
        this.#ready = false;
        await connection.close();
      }
    }
  }

  async #follow(connection: Connection, opened: () => void): Promise<void> {
    const slot = `realtime_${crypto.randomUUID().replaceAll("-", "")}`;
    await connection.run("select pg_create_logical_replication_slot($1, 'pgoutput', true)", [slot]);
    opened();
    this.#ready = true;
    this.listener.ready();
    let wait = SLOWEST_MS;
    let drained = ""; // the end of the log when there was nothing more in it
    while (this.#goesOn()) {
      // looking is cheap; decoding begins anew each time, at what may be long ago
      const [log] = await connection.run("select pg_current_wal_flush_lsn()::text as end");
      const messages = log?.end === drained ? [] : await connection.run(
        `select data
         from pg_logical_slot_get_binary_changes(
           $1, null, $2, 'proto_version', '1', 'publication_names', $3
         )`,
        [slot, BATCH, PUBLICATION],
      );
      // every call describes its relations anew
      const decoder = new Decoder();
      const changes = messages.map(({ data }) => decoder.read(data as Uint8Array)).filter((change) =>
        change !== null
      );
      if (changes.length > 0) await this.listener.changed(changes);
      if (messages.length === 0) drained = log?.end;
      wait = changes.length > 0 ? FASTEST_MS : Math.min(wait * 1.5, SLOWEST_MS);
      await this.#pause(wait);
    }
  }

  #goesOn(): boolean {
    return this.#wanted && !this.#closed;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }
}
