/** Who is told which change, and what of it: rights on columns, filters, row level security. */
import type { ColumnFacts, Database, TableFacts } from "./database.ts";
import { BindingError, type Filter, type Wanted } from "./filters.ts";
import type { Change, Tuple } from "./pgoutput.ts";
import { Stream } from "./stream.ts";
import type { Identity } from "./tokens.ts";
import { toJson } from "./values.ts";

/** One binding of one channel. */
export interface Subscription {
  /** what the client knows it by */
  id: number;
  wanted: Wanted;
  subscriber: Subscriber;
}

export interface Subscriber {
  readonly identity: Identity;
  /** One change for the bindings named by `ids`. */
  send(ids: number[], data: Record<string, unknown>): void;
  /** Changes arrive from now on; told again after each gap. */
  subscribed(): void;
}

const CHUNK = 100; // changes answered at once
const MAX_RECORD_BYTES = 1024 * 1024;
const KEPT_VALUE_BYTES = 64; // of a change that is larger than that

export class Changes {
  #subscriptions = new Map<Subscriber, Subscription[]>();
  #stream: Stream;

  constructor(private readonly database: Database) {
    this.#stream = new Stream(database, {
      changed: (changes) => this.#deliver(changes),
      ready: () => [...this.#subscriptions.keys()].forEach((subscriber) => subscriber.subscribed()),
    });
  }

  /** Raises BindingError for what the platform refuses for good. */
  async subscribe(subscriber: Subscriber, wanted: Wanted[], ids: number[]): Promise<void> {
    await this.database.warm();
    for (const one of wanted) await this.#check(one, subscriber.identity.role);
    const made = wanted.map((one, at) => ({ id: ids[at] ?? 0, wanted: one, subscriber }));
    this.#subscriptions.set(subscriber, made);
    this.#stream.want(true);
    if (this.#stream.isReady) subscriber.subscribed();
  }

  unsubscribe(subscriber: Subscriber): void {
    if (this.#subscriptions.delete(subscriber)) this.#stream.want(this.#subscriptions.size > 0);
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  async #check(wanted: Wanted, role: string): Promise<void> {
    const refused = "Unable to subscribe to changes with given parameters.";
    const given = `[event: ${wanted.event}, schema: ${wanted.schema}, table: ${wanted.table}, filters: ${
      JSON.stringify(wanted.filters.map(({ column, op, value }) => [column, op, value]))
    }, select: ${JSON.stringify(wanted.select)}]`;
    const tables = await this.database.publishedTables(wanted.schema, wanted.table);
    if (tables.length === 0) {
      throw new BindingError(
        `${refused} Please check Realtime is enabled for the given connect parameters: ${given}`,
      );
    }
    for (const { oid } of tables) {
      const facts = await this.database.facts(oid, [role]);
      try {
        for (const filter of wanted.filters) await this.#probe(filter, facts, role);
        for (const name of wanted.select ?? []) readable(facts, name, role, "select");
      } catch (error) {
        const { code, message } = error as { code?: string; message: string };
        throw new BindingError(
          `${refused} An exception happened so please check your connect parameters: ${given}. ` +
            `Exception: ERROR ${code ?? "P0001"} ${message}`,
        );
      }
    }
  }

  async #probe(filter: Filter, facts: TableFacts | null, role: string): Promise<void> {
    const column = readable(facts, filter.column, role, "filter");
    // a value that makes Postgres read the filter: patterns are only looked at beside a text
    const value = filter.op === "match" || filter.op === "imatch" ? "" : null;
    await this.database.passing(filter, column.sqlType, [value]);
  }

  async #deliver(changes: Change[]): Promise<void> {
    for (let from = 0; from < changes.length; from += CHUNK) {
      const subscriptions = [...this.#subscriptions.values()].flat();
      const round = new Round(this.database, changes.slice(from, from + CHUNK), subscriptions);
      await round.send((subscriber) => this.#subscriptions.has(subscriber));
    }
  }
}

/** Some changes and everybody who might be told, asked of the database table by table, not change by change. */
class Round {
  #tables = new Map<number, Table>();

  constructor(
    private readonly database: Database,
    private readonly changes: Change[],
    private readonly subscriptions: Subscription[],
  ) {}

  async send(isThere: (subscriber: Subscriber) => boolean): Promise<void> {
    for (const change of this.changes) {
      const { oid } = change.relation;
      const table = this.#tables.get(oid) ?? new Table(this.database, oid);
      this.#tables.set(oid, table);
      const concerned = this.subscriptions.filter(({ wanted }) => concerns(wanted, change));
      if (concerned.length > 0) table.add(change, concerned);
    }
    for (const table of this.#tables.values()) await table.ask();
    for (const change of this.changes) {
      for (const told of this.#tables.get(change.relation.oid)?.tell(change) ?? []) {
        if (isThere(told.subscriber)) told.subscriber.send(told.ids, told.data);
      }
    }
  }
}

interface Told {
  subscriber: Subscriber;
  ids: number[];
  data: Record<string, unknown>;
}

class Table {
  #pending = new Map<Change, Subscription[]>();
  #facts: TableFacts | null = null;
  #passing = new Map<string, Set<Change>>();
  #visible = new Map<string, Set<Change>>();

  constructor(private readonly database: Database, private readonly oid: number) {}

  add(change: Change, subscriptions: Subscription[]): void {
    this.#pending.set(change, subscriptions);
  }

  /** Learn what `tell` needs. */
  async ask(): Promise<void> {
    if (this.#pending.size === 0) return;
    const all = new Set([...this.#pending.values()].flat());
    const roles = [...new Set([...all].map(({ subscriber }) => subscriber.identity.role))];
    this.#facts = await this.database.facts(this.oid, roles);
    if (this.#facts === null) return;
    const changes = [...this.#pending.keys()];
    for (const filter of [...all].flatMap(({ wanted }) => wanted.filters)) {
      await this.#askFilter(filter, changes);
    }
    const written = changes.filter((change) => change.type !== "DELETE");
    const keys = this.#facts.columns.filter((column) => column.isKey);
    if (!this.#facts.rls || keys.length === 0 || written.length === 0) return;
    const identities = new Map(
      [...all].map(({ subscriber }) => [identityKey(subscriber.identity), subscriber.identity]),
    );
    for (const [key, identity] of identities) {
      const values = keys.map(({ name }) =>
        written.map((change) => valueOf(change, change.row, name) ?? null)
      );
      const relation = (written[0] as Change).relation;
      const places = await this.database.visible(
        relation.schema,
        relation.table,
        { columns: keys, values },
        identity,
      );
      this.#visible.set(key, new Set(written.filter((_, at) => places.has(at))));
    }
  }

  async #askFilter(filter: Filter, changes: Change[]): Promise<void> {
    const key = filterKey(filter);
    const column = this.#facts?.columns.find(({ name }) => name === filter.column);
    if (this.#passing.has(key) || column === undefined) return;
    const known = changes.filter((change) => valueOf(change, filtered(change), filter.column) !== undefined);
    const values = known.map((change) => valueOf(change, filtered(change), filter.column) ?? null);
    const places = await this.database.passing(filter, column.sqlType, values).catch((error) => {
      console.warn(`realtime: filter on ${filter.column} failed: ${error}`);
      return new Set<number>();
    });
    this.#passing.set(key, new Set(known.filter((_, at) => places.has(at))));
  }

  tell(change: Change): Told[] {
    const facts = this.#facts;
    if (facts === null) return [];
    const groups = new Map<string, { told: Told; subscription: Subscription }>();
    const order = new Map<Subscriber, number>();
    for (const subscription of this.#pending.get(change) ?? []) {
      const { subscriber, wanted, id } = subscription;
      const error = keyError(change, facts, subscriber.identity.role);
      if (error === null && !this.#isFor(change, subscription, facts)) continue;
      if (!order.has(subscriber)) order.set(subscriber, order.size);
      const key = `${order.get(subscriber)} ${JSON.stringify(wanted.select)}`;
      const group = groups.get(key);
      if (group !== undefined) {
        group.told.ids.push(id);
        continue;
      }
      const data = error === null ? describe(change, facts, subscription) : describeError(change, error);
      groups.set(key, { told: { subscriber, ids: [id], data }, subscription });
    }
    return [...groups.values()].map(({ told }) => told);
  }

  #isFor(change: Change, { wanted, subscriber }: Subscription, facts: TableFacts): boolean {
    if (!wanted.filters.every((filter) => this.#passing.get(filterKey(filter))?.has(change))) return false;
    if (!facts.rls || change.type === "DELETE") return true;
    return this.#visible.get(identityKey(subscriber.identity))?.has(change) ?? false;
  }
}

/** What keeps a role from being told anything of a row, in the platform's words. */
function keyError(change: Change, facts: TableFacts, role: string): string | null {
  if (change.type === "DELETE") return null;
  const keys = facts.columns.filter((column) => column.isKey);
  if (keys.length === 0) return "Error 400: Bad Request, no primary key";
  return keys.every((column) => column.readers.includes(role)) ? null : "Error 401: Unauthorized";
}

function describeError(change: Change, error: string): Record<string, unknown> {
  const { schema, table } = change.relation;
  return { schema, table, type: change.type, errors: [error] };
}

function describe(change: Change, facts: TableFacts, subscription: Subscription): Record<string, unknown> {
  const { role } = subscription.subscriber.identity;
  const { select } = subscription.wanted;
  const isLarge = change.size > MAX_RECORD_BYTES;
  const columns = facts.columns.filter(({ name, isKey, readers }) =>
    readers.includes(role) && (select === null || isKey || select.includes(name))
  );

  function record(tuple: Tuple | null, of: ColumnFacts[]): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (const { name, type } of of) {
      const value = valueOf(change, tuple, name);
      if (value === undefined || (isLarge && (value?.length ?? 0) > KEPT_VALUE_BYTES)) continue;
      entries.push([name, toJson(value, type)]);
    }
    return Object.fromEntries(entries);
  }

  const keys = columns.filter(({ isKey }) => isKey);
  const { schema, table } = change.relation;
  const data: Record<string, unknown> = {
    schema,
    table,
    type: change.type,
    commit_timestamp: new Date(change.committed).toISOString(),
    columns: columns.map(({ name, type }) => ({ name, type })),
    errors: isLarge ? ["Error 413: Payload Too Large"] : null,
  };
  if (change.type === "DELETE") {
    // nobody can be asked any more whether it was theirs to see
    data.old_record = record(change.old, facts.rls || !change.oldIsFull ? keys : columns);
    return data;
  }
  // a large value that did not change is in the old row only, if there
  data.record = { ...(change.oldIsFull ? record(change.old, columns) : {}), ...record(change.row, columns) };
  if (change.type === "UPDATE") {
    data.old_record = change.oldIsFull ? record(change.old, columns) : record(change.old ?? change.row, keys);
  }
  return data;
}

function concerns(wanted: Wanted, change: Change): boolean {
  const { schema, table } = change.relation;
  return (wanted.event === "*" || wanted.event === change.type) &&
    (wanted.schema === "*" || wanted.schema === schema) &&
    (wanted.table === "*" || wanted.table === table);
}

/** The row a filter looks at: of a deletion what is left of the old one. */
function filtered(change: Change): Tuple | null {
  return change.type === "DELETE" ? change.old : change.row;
}

/** Undefined for a value the stream did not carry. */
function valueOf(change: Change, tuple: Tuple | null, name: string): string | null | undefined {
  const at = change.relation.columns.findIndex((column) => column.name === name);
  return at === -1 || tuple === null ? undefined : tuple[at];
}

function readable(facts: TableFacts | null, name: string, role: string, what: string): ColumnFacts {
  const column = facts?.columns.find((one) => one.name === name && one.readers.includes(role));
  if (column === undefined) throw new Error(`(raise_exception) invalid column for ${what} ${name}`);
  return column;
}

function filterKey(filter: Filter): string {
  return JSON.stringify([filter.column, filter.op, filter.value, filter.negate]);
}

function identityKey(identity: Identity): string {
  return JSON.stringify(identity.claims);
}
