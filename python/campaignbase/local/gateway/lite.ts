/** The parts of @supabase/lite that the gateway stands on, in one place. */
export { App, type EmailDriver, type EmailMessage, getAuthSchemaSql, setExperimental } from "@supabase/lite";
export { createPostgresConnection } from "@supabase/lite/postgres";
import type { App } from "@supabase/lite";

export type StorageAdapter = NonNullable<App["_storageAdapter"]>;
