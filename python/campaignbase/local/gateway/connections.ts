/**
 * Connections of the driver `postgres`, each one request's at a time. The driver opens a lost connection again behind
 * its user's back, in the middle of a transaction too: what is left of it would run as the role that signed in, or in
 * another request's transaction. So one that was lost refuses everything, and is replaced.
 */
import postgres from "postgres";
import { scope } from "./scope.ts";

const CONNECT_SECONDS = 5;
const LONGEST_PREPARED = 4096; // characters: what is longer is hardly ever asked again
const LOST = /^(CONNECTION_|CONNECT_|ECONN|EPIPE|ENOTCONN|ETIMEDOUT)/; // codes of the driver and the system

export type Options = postgres.Options<Record<string, postgres.PostgresType>>;
export type Rows = postgres.RowList<postgres.Row[]>;

/** What a request hears of the connections it used. */
interface Hearing {
  lost: boolean;
}
const hearing = scope<Hearing>();

/** Whether a connection was lost meanwhile: then the answer, whatever it says, is none. */
export async function hearLoss<Answer>(ask: () => Promise<Answer>): Promise<[Answer, boolean]> {
  const heard = { lost: false };
  const answer = await hearing.run(heard, ask);
  return [answer, heard.lost];
}

/** Of statements that follow each other. It connects with the first. */
export class Connection {
  #sql: postgres.Sql;
  #lost = false;

  constructor(url: string, options: Options) {
    this.#sql = postgres(url, {
      onnotice: () => {},
      ...options,
      max: 1,
      max_lifetime: null,
      connect_timeout: CONNECT_SECONDS,
      onclose: () => this.#lost = true,
    });
  }

  get isLost(): boolean {
    return this.#lost;
  }

  async run(text: string, values: unknown[] = []): Promise<Rows> {
    try {
      if (this.#lost) {
        throw Object.assign(new Error("the connection was lost"), { code: "CONNECTION_CLOSED" });
      }
      const prepare = values.length > 0 && text.length <= LONGEST_PREPARED;
      return await this.#sql.unsafe(text, values as never[], { prepare });
    } catch (error) {
      const { code, severity } = error as { code?: unknown; severity?: unknown };
      this.#lost ||= severity === "FATAL" || severity === "PANIC" || LOST.test(String(code));
      const heard = hearing.getStore();
      if (heard !== undefined && this.#lost) heard.lost = true;
      throw error;
    }
  }

  async close(): Promise<void> {
    const timeout = this.#lost ? 0 : 1; // of a lost one the driver waits for an answer
    this.#lost = true;
    await this.#sql.end({ timeout }).catch(() => {});
  }
}

/** What the driver's own `reserve` gives, as far as @supabase/lite uses it. */
export interface Reserved {
  unsafe(text: string, values?: unknown[]): Promise<Rows>;
  release(): void;
}

export class Pool {
  #idle: Connection[] = [];
  #waiting: ((connection: Connection) => void)[] = [];
  #count = 0;

  constructor(
    private readonly url: string,
    private readonly options: Options,
    private readonly max: number,
  ) {}

  async reserve(): Promise<Reserved> {
    const connection = await this.#take();
    return {
      unsafe: (text, values) => connection.run(text, values),
      release: () => this.#give(connection),
    };
  }

  /** One statement. */
  async run(text: string, values: unknown[] = []): Promise<Rows> {
    return await this.#with((connection) => connection.run(text, values));
  }

  /** Statements that see one state of the database and change nothing. */
  async read<Found>(ask: (connection: Connection) => Promise<Found>): Promise<Found> {
    return await this.#with(async (connection) => {
      await connection.run("begin read only");
      try {
        return await ask(connection);
      } finally {
        await connection.run("rollback").catch(() => connection.close());
      }
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((connection) => connection.close()));
  }

  async #with<Found>(ask: (connection: Connection) => Promise<Found>): Promise<Found> {
    const connection = await this.#take();
    try {
      return await ask(connection);
    } finally {
      this.#give(connection);
    }
  }

  async #take(): Promise<Connection> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (!idle.isLost) return idle;
      this.#drop(idle);
    }
    if (this.#count < this.max) return this.#make();
    return await new Promise((given) => this.#waiting.push(given));
  }

  #give(connection: Connection): void {
    if (connection.isLost) this.#drop(connection);
    const next = this.#waiting.shift();
    if (next !== undefined) next(connection.isLost ? this.#make() : connection);
    else if (!connection.isLost) this.#idle.push(connection);
  }

  #make(): Connection {
    this.#count++;
    return new Connection(this.url, this.options);
  }

  #drop(connection: Connection): void {
    this.#count--;
    connection.close();
  }
}
