/** What the environment of a function says, read once when it is wired. A blank variable counts as not set. */

export interface Settings {
  url: string;
  /** opens REST for a user's token */
  publishableKey: string;
  /** all that are accepted from callers; the first one is used */
  secretKeys: string[];
  /** set on a developer's machine alone: tokens signed with it (HS256) are believed */
  developmentJwtSecret: string | null;
  /** null where no key is set */
  openai: Endpoint | null;
  /** another endpoint of that form, with a model of its own, as the offline stack sets it; null where none is */
  embeddings: (Endpoint & { model: string }) | null;
}

export interface Endpoint {
  key: string;
  baseUrl: string;
}

export type Environment = (name: string) => string | undefined;

const OPENAI = "https://api.openai.com/v1";

export function readSettings(environment: Environment = (name) => Deno.env.get(name)): Settings {
  const get = (name: string) => environment(name)?.trim() || undefined;
  const publishable = keys(get, "SUPABASE_PUBLISHABLE_KEY", "SUPABASE_ANON_KEY");
  const secret = keys(get, "SUPABASE_SECRET_KEY", "SUPABASE_SERVICE_ROLE_KEY");
  const url = get("SUPABASE_URL");
  if (!url || !publishable[0] || !secret[0]) {
    throw new Error("SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY(S) and SUPABASE_SECRET_KEY(S) must be set");
  }
  const openai = get("OPENAI_API_KEY");
  const [address, key, model] = ["EMBEDDINGS_URL", "EMBEDDINGS_KEY", "EMBEDDINGS_MODEL"].map(get);
  return {
    url: url.replace(/\/+$/, ""),
    publishableKey: publishable[0],
    secretKeys: secret,
    developmentJwtSecret: get("DEVELOPMENT_JWT_SECRET") ?? null,
    openai: openai ? { key: openai, baseUrl: (get("OPENAI_BASE_URL") ?? OPENAI).replace(/\/+$/, "") } : null,
    embeddings: address && key && model ? { key, baseUrl: address.replace(/\/+$/, ""), model } : null,
  };
}

/** By their plural (a JSON object, name to key; `default` first), their singular, and the name they had before. */
function keys(get: Environment, name: string, legacy: string): string[] {
  const plural = get(`${name}S`);
  const named: Record<string, string> = plural ? JSON.parse(plural) : {};
  const { default: first, ...others } = named;
  const found = [first, ...Object.values(others), get(name), get(legacy)];
  return [...new Set(found.filter((key): key is string => !!key))];
}
