/**
 * REST, auth and storage: one @supabase/lite App each, signed in as the role that the platform's own service
 * uses, so that a trigger on auth.users meets the rights it meets when hosted.
 */
import postgres from "postgres";
import { type Config, databaseUrl, gatewayUrl } from "./config.ts";
import { asPostgrest } from "./errors.ts";
import { App, createPostgresConnection, getAuthSchemaSql, setExperimental } from "./lite.ts";
import { FileMails } from "./mails.ts";
import { FileObjects } from "./objects.ts";
import { driverTypes } from "./types.ts";

export interface Services {
  rest: App;
  auth: App;
  storage: App;
  close(): Promise<void>;
}

type Connection = ReturnType<typeof createPostgresConnection>;

const STATEMENT_TIMEOUT_MS = 8000; // of the role authenticator

export async function startServices(config: Config): Promise<Services> {
  setExperimental("storage", true);
  // reads the whole catalogue, which authenticator may not; each request then takes its caller's role
  const restConnection = connect(config, "postgres", await vectorOid(config), {
    search_path: "public, extensions",
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  const authConnection = connect(config, "supabase_auth_admin", null, { search_path: "auth" });
  // owner of the tables in sql/platform/storage.sql
  const storageConnection = connect(config, "postgres", null, { search_path: "storage" });
  const withContext = restConnection.withContext.bind(restConnection);
  restConnection.withContext = (...call) =>
    withContext(...call).catch((error) => Promise.reject(asPostgrest(error)));
  const connections = [restConnection, authConnection, storageConnection];

  await authConnection.driver.unsafe(authTables());
  const rest = app(config, restConnection);
  const auth = app(config, authConnection);
  const storage = app(config, storageConnection);
  storage._storageAdapter = new FileObjects(config.objects);
  await Promise.all([rest, auth, storage].map((one) => one.init()));
  await restConnection.introspect(); // before the first request, which would wait for it
  return {
    rest,
    auth,
    storage,
    close: async () => {
      await Promise.all(connections.map((one) => one.close()));
    },
  };
}

/** The schema and its users table are in sql/platform; making a schema would ask for rights on the database. */
function authTables(): string {
  return getAuthSchemaSql().replace(/create schema if not exists auth;/i, "");
}

async function vectorOid(config: Config): Promise<number | null> {
  const sql = postgres(databaseUrl(config, "postgres"), { max: 1 });
  const [row] = await sql`select to_regtype('extensions.vector')::oid::int8::float8 as oid`;
  await sql.end();
  return row?.oid ?? null;
}

function connect(
  config: Config,
  role: string,
  vector: number | null,
  settings: Record<string, string | number>,
): Connection {
  const connection = createPostgresConnection({
    url: databaseUrl(config, role),
    postgresOptions: { types: driverTypes(vector), max: 6, onnotice: () => {}, connection: settings },
  });
  // "unknown" would grant everything to everybody at the first request
  (connection as unknown as { rlsState: string }).rlsState = "active";
  return connection;
}

function app(config: Config, connection: Connection): App {
  return new App({
    connection,
    api: { schemas: config.schemas },
    auth: {
      enabled: true,
      site_url: gatewayUrl(config),
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
