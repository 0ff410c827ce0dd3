/** The database over REST, as a component or as a user. */
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { Settings } from "./env.ts";
import { HttpError } from "./errors.ts";

const TIMEOUT_MS = 20_000;

/** Above row level security. */
export function serviceClient(settings: Settings): SupabaseClient {
  return client(settings.url, settings.secretKeys[0]!);
}

/** Row level security decides, as for the bearer of this token. */
export function userClient(settings: Settings, token: string): SupabaseClient {
  return client(settings.url, settings.publishableKey, { Authorization: `Bearer ${token}` });
}

function client(url: string, key: string, headers: Record<string, string> = {}): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: {
      headers,
      fetch: (input, options) => fetch(input, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) }),
    },
  });
}

interface Answer<Data> {
  data: Data | null;
  error: { code?: string; message: string; details?: string | null; hint?: string | null } | null;
  status: number;
}

/** The rows, or the database's own refusal with its status and code. */
export async function rows<Data>(asked: PromiseLike<Answer<Data>>): Promise<Data> {
  const { data, error, status } = await asked;
  if (error) {
    // no status: nobody answered
    throw new HttpError(status || 503, error.code || "unavailable", error.message, {
      details: error.details ?? undefined,
      hint: error.hint ?? undefined,
    });
  }
  return data as Data;
}
