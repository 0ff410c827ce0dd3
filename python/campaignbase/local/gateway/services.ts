/**
 * REST, auth and storage: one @supabase/lite App each, signed in as the role that the platform's own service
 * uses, so that a trigger on auth.users meets the rights it meets when hosted.
 */
import { Admin } from "./admin.ts";
import { type Config, databaseUrl, gatewayUrl } from "./config.ts";
import { Connection, type Options, Pool } from "./connections.ts";
import { asPostgrest } from "./errors.ts";
import { App, createPostgresConnection, getAuthSchemaSql, setExperimental } from "./lite.ts";
import { FileMails } from "./mails.ts";
import { FileObjects } from "./objects.ts";
import { takenBack } from "./calls.ts";
import { type KeyColumn, keysOf } from "./relations.ts";
import type { Catalogue } from "./rest.ts";
import { driverTypes } from "./types.ts";

export interface Services {
  rest: App;
  catalogue: Catalogue; // of the tables that REST serves
  auth: App;
  admin: Admin;
  storage: App;
  close(): Promise<void>;
}

type Door = ReturnType<typeof createPostgresConnection>;

const OWNER = "postgres";
const MOST_CONNECTIONS = 6; // of each service
const STATEMENT_TIMEOUT_MS = 8000; // of the role authenticator

export async function startServices(config: Config): Promise<Services> {
  setExperimental("storage", true);
  // reads the whole catalogue, which authenticator may not; each request then takes its caller's role
  const [restDoor, restPool] = open(config, OWNER, await vectorOid(config), {
    application_name: "rest",
    search_path: "public, extensions",
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  const [authDoor, authPool] = open(config, "supabase_auth_admin", null, {
    application_name: "auth",
    search_path: "auth",
  });
  // owner of the tables in sql/platform/storage.sql
  const [storageDoor, storagePool] = open(config, OWNER, null, {
    application_name: "storage",
    search_path: "storage",
  });
  for (const door of [restDoor, storageDoor]) keepOwner(door);
  const withContext = restDoor.withContext.bind(restDoor);
  restDoor.withContext = (context, ask, options) =>
    takenBack((asked) => withContext(context, asked, options), ask, options)
      .catch((error) => Promise.reject(asPostgrest(error)));

  await authPool.run(authTables());
  const rest = app(config, restDoor);
  const auth = app(config, authDoor);
  const storage = app(config, storageDoor);
  storage._storageAdapter = new FileObjects(config.objects);
  await Promise.all([rest, auth, storage].map((one) => one.init()));
  // before the first request, which would wait for it
  const schema = await restDoor.introspect();
  // an index over expressions is told by its columns alone; by one, many rows of a table would be taken for one
  schema.indexes = schema.indexes.filter(({ columns }) => columns.length > 1);
  const { tables, foreign_keys, primary_keys } = schema;
  // it answers a failure with nothing, and REST would know of no table until it is started again
  if (tables.length === 0) throw new Error("the schema could not be read");
  return {
    rest,
    catalogue: { keys: keysOf(foreign_keys as KeyColumn[], primary_keys), primary: primary_keys },
    auth,
    admin: new Admin((text, values) => authPool.run(text, values), config.secretKey),
    storage,
    close: async () => {
      await Promise.all([restPool, authPool, storagePool].map((pool) => pool.close()));
    },
  };
}

/** The schema and its users table are in sql/platform; making a schema would ask for rights on the database. */
function authTables(): string {
  return getAuthSchemaSql().replace(/create schema if not exists auth;/i, "");
}

async function vectorOid(config: Config): Promise<number | null> {
  const connection = new Connection(databaseUrl(config, "postgres"), {});
  const [row] = await connection.run("select to_regtype('extensions.vector')::oid::int8::float8 as oid");
  await connection.close();
  return row?.oid ?? null;
}

/** Requests do not become the role that the door is signed in as, which hosted services are not. */
function keepOwner(door: Door): void {
  const withContext = door.withContext.bind(door);
  door.withContext = async (context, ask, options) => {
    const { role } = (context as { auth?: { role?: string } } | undefined)?.auth ?? {};
    if (role === OWNER) {
      throw Object.assign(new Error(`permission denied to set role "${OWNER}"`), { code: "42501" });
    }
    return await withContext(context, ask, options);
  };
}

/** Its connections are ours: those it would open are not safe against a crash of Postgres. */
function open(
  config: Config,
  role: string,
  vector: number | null,
  settings: Record<string, string | number>,
): [Door, Pool] {
  const url = databaseUrl(config, role);
  const door = createPostgresConnection({ url, postgresOptions: { types: driverTypes(vector) } });
  const { types } = door.driver.options as unknown as Options;
  const pool = new Pool(url, { types, connection: { TimeZone: "UTC", ...settings } }, MOST_CONNECTIONS);
  door.driver.reserve = () => pool.reserve() as never;
  // "unknown" would grant everything to everybody at the first request
  (door as unknown as { rlsState: string }).rlsState = "active";
  return [door, pool];
}

function app(config: Config, connection: Door): App {
  return new App({
    connection,
    api: { schemas: config.schemas },
    auth: {
      enabled: true,
      site_url: gatewayUrl(config),
      // pages of this machine by its name; those by its address are let in anyway
      additional_redirect_urls: ["", ":*"].flatMap((port) => {
        return [`http://localhost${port}`, `http://localhost${port}/**`];
      }),
      publishable_key: config.publishableKey,
      secret_key: config.secretKey,
      jwt_secret: config.jwtSecret,
    },
    storage: { enabled: true, file_size_limit: "50MiB" },
    studio: { enabled: false },
    options: { drivers: { email: new FileMails(config.mails) } },
    // deno-lint-ignore no-explicit-any
  } as any);
}
