/** The parts of @supabase/lite that the gateway stands on, in one place. */
export {
  App,
  type EmailDriver,
  type EmailMessage,
  getAuthSchemaSql,
  setExperimental,
} from "npm:@supabase/lite@0.10.0";
export { createPostgresConnection } from "npm:@supabase/lite@0.10.0/postgres";
import type { App } from "npm:@supabase/lite@0.10.0";

export type StorageAdapter = NonNullable<App["_storageAdapter"]>;
