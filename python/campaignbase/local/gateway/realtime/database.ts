/** The database as realtime sees it: the stream of changes, facts about tables, and rows as a subscriber sees them. */
import { type Config, databaseUrl } from "../config.ts";
import { Connection, type Options, Pool } from "../connections.ts";
import { isRefusal } from "../errors.ts";
import { type Filter, OPERATORS } from "./filters.ts";
import type { Identity } from "./tokens.ts";

export const PUBLICATION = "supabase_realtime";
const STATEMENT_TIMEOUT_MS = 5000;
const SLOT_TIMEOUT_MS = 60_000; // making a slot waits for the transactions that are under way

export interface TableFacts {
  rls: boolean;
  columns: ColumnFacts[];
}

export interface ColumnFacts {
  name: string;
  /** name in pg_type */
  type: string;
  /** as written in SQL */
  sqlType: string;
  isKey: boolean;
  /** which of the roles asked about may read it */
  readers: string[];
}

/** Rows of a key: one list a key column, all as texts. */
export type Keys = { columns: ColumnFacts[]; values: (string | null)[][] };

export class Database {
  /** sees every catalogue and evaluates filters */
  #owner: Pool;
  /** takes a subscriber's role, as the Data API does */
  #authenticator: Pool;

  constructor(private readonly config: Config) {
    this.#owner = new Pool(databaseUrl(config, "postgres"), settings(STATEMENT_TIMEOUT_MS), 2);
    this.#authenticator = new Pool(databaseUrl(config, "authenticator"), settings(STATEMENT_TIMEOUT_MS), 2);
  }

  /** A connection of its own for a temporary slot, which lives as long as the connection. */
  connectSlot(): Connection {
    return new Connection(databaseUrl(this.config, "postgres"), settings(SLOT_TIMEOUT_MS));
  }

  async close(): Promise<void> {
    await Promise.all([this.#owner.close(), this.#authenticator.close()]);
  }

  /** Open the connection that the first change would wait for. */
  async warm(): Promise<void> {
    await this.#authenticator.run("select 1");
  }

  /** Tables of the publication that these names mean; "*" means all. */
  async publishedTables(
    schema: string,
    table: string,
  ): Promise<{ schema: string; table: string; oid: number }[]> {
    const rows = await this.#owner.run(
      `select
         schemaname as schema,
         tablename as table,
         format('%I.%I', schemaname, tablename)::regclass::oid::int8::float8 as oid
       from pg_catalog.pg_publication_tables
       where
         pubname = $1
         and $2::text in ('*', schemaname::text)
         and $3::text in ('*', tablename::text)`,
      [PUBLICATION, schema, table],
    );
    return rows as unknown as { schema: string; table: string; oid: number }[];
  }

  /** Null for a table that is gone. */
  async facts(oid: number, roles: string[]): Promise<TableFacts | null> {
    const rows = await this.#owner.run(
      `select
         pg_class.relrowsecurity as rls,
         json_agg(
           json_build_object(
             'name', pg_attribute.attname,
             'type', pg_type.typname,
             'sqlType', format_type(pg_attribute.atttypid, null),
             'isKey', coalesce(pg_attribute.attnum = any (pg_index.indkey), false),
             'readers', array(
               select role
               from unnest($1::text[]) as role
               where
                 to_regrole(quote_ident(role)) is not null
                 and has_column_privilege(role, pg_class.oid, pg_attribute.attnum, 'select')
             )
           )
           order by pg_attribute.attnum
         ) as columns
       from pg_catalog.pg_class
       inner join pg_catalog.pg_attribute
         on pg_attribute.attrelid = pg_class.oid and pg_attribute.attnum > 0 and not pg_attribute.attisdropped
       inner join pg_catalog.pg_type on pg_type.oid = pg_attribute.atttypid
       left join pg_catalog.pg_index on pg_index.indrelid = pg_class.oid and pg_index.indisprimary
       where pg_class.oid = $2
       group by pg_class.oid, pg_class.relrowsecurity`,
      [roles, oid],
    );
    return (rows[0] as TableFacts | undefined) ?? null;
  }

  /** Which of the values pass: their places in the list. Raises what Postgres says of a bad filter. */
  async passing(filter: Filter, sqlType: string, values: (string | null)[]): Promise<Set<number>> {
    const condition = filter.op === "is"
      ? `candidate.value::${sqlType} is ${isKeyword(filter.value)}`
      : `candidate.value::${sqlType} ${OPERATORS[filter.op]} ` +
        `($2::text::${sqlType}${filter.op === "in" ? "[]" : ""})`;
    const rows = await this.#owner.run(
      `select (candidate.place - 1)::int as place
       from unnest($1::text[]) with ordinality as candidate (value, place)
       where ${filter.negate ? "not" : ""} (${condition})`,
      filter.op === "is" ? [values] : [values, filter.value],
    );
    return new Set(rows.map((row) => row.place as number));
  }

  /** Which of the rows this subscriber may read now: their places in the list. A policy that raises hides them. */
  async visible(schema: string, table: string, keys: Keys, identity: Identity): Promise<Set<number>> {
    const columns = keys.columns.map((column) => ({ ...column, quoted: quote(column.name) }));
    const arrays = columns.map((_, at) => `$${at + 1}::text[]`).join(", ");
    const names = columns.map((_, at) => `key${at}`).join(", ");
    const equal = columns.map((column, at) => `target.${column.quoted} = key.key${at}::${column.sqlType}`);
    const claims = JSON.stringify(identity.claims);
    try {
      return await this.#authenticator.read(async (transaction) => {
        await transaction.run(
          "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
          [identity.role, claims],
        );
        const rows = await transaction.run(
          `select (key.place - 1)::int as place
           from unnest(${arrays}) with ordinality as key (${names}, place)
           where exists (
             select 1 from ${quote(schema)}.${quote(table)} as target where ${equal.join(" and ")}
           )`,
          keys.values,
        );
        return new Set(rows.map((row) => row.place as number));
      });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      console.warn(`realtime: ${identity.role} cannot be asked about ${schema}.${table}: ${error.message}`);
      return new Set();
    }
  }
}

function settings(timeout: number): Options {
  return {
    connection: {
      TimeZone: "UTC",
      DateStyle: "ISO, YMD",
      search_path: "public, extensions",
      statement_timeout: timeout,
      application_name: "realtime",
    },
  };
}

function isKeyword(value: string): string {
  if (!["null", "true", "false", "unknown"].includes(value)) {
    throw new Error("invalid value for is filter: must be null, true, false, or unknown");
  }
  return value;
}

function quote(name: string): string {
  return `"${name.replace(/"/g, '""')}"`;
}
