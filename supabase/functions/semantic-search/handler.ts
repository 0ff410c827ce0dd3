/**
 * Content by meaning, for a signed-in user: her words become a vector of her workspace's model, and the RPC
 * semantic_search_content is called with her token, so that row level security decides what is found.
 */
import type { VerifyUser } from "../_shared/auth.ts";
import { type Purse, withinBudgets } from "../_shared/budget.ts";
import { CORS, preflight } from "../_shared/cors.ts";
import { answered, HttpError, jsonObject, onlyPost } from "../_shared/errors.ts";
import { type Clock, type Embedder, ProviderError } from "../_shared/openai.ts";
import type { Library } from "./library.ts";

export interface Deps {
  verifyUser: VerifyUser;
  /** one a model; none where no key is set */
  embedders: Embedder[];
  /** what the query's vector costs is the workspace's to pay; nothing else goes by the service's key */
  purse: Purse;
  clock: Pick<Clock, "now">;
  /** what the bearer of the token may see */
  library(token: string): Library;
}

interface Question {
  query: string;
  limit: number;
  offset: number;
  workspaceId: string | null;
}

const DEFAULT_LIMIT = 10;
const MAX_ROWS = 100; // the RPC gives no more
const MAX_QUERY = 4_000; // characters
const PROVIDER_MS = 15_000;
const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const FIELDS = ["query", "limit", "offset", "workspace_id"];

export function handle(request: Request, deps: Deps): Response | Promise<Response> {
  return preflight(request) ?? answered(async () => {
    onlyPost(request);
    const { token } = await deps.verifyUser(request);
    const { query, limit, offset, workspaceId } = read(await jsonObject(request));
    const library = deps.library(token);
    const { model, home } = await sharedModel(library, workspaceId);
    if (model === null) return Response.json({ query, model, hits: [], limit, offset }); // no vector yet
    const vector = await vectorOf(query, model, home, deps);
    if (vector === null) return Response.json({ query, model, hits: [], limit, offset });
    const found = await library.search({
      vector,
      count: Math.min(offset + limit, MAX_ROWS),
      model,
      workspaceId,
    });
    return Response.json({ query, model, hits: found.slice(offset, offset + limit), limit, offset });
  }, CORS);
}

/** The one model of the vectors that are to be searched, null when there is no vector; and whose they are. */
async function sharedModel(
  library: Library,
  workspaceId: string | null,
): Promise<{ model: string | null; home: string }> {
  const workspaces = await library.workspaces(workspaceId);
  if (workspaceId && !workspaces.length) {
    throw new HttpError(404, "workspace_not_found", `workspace ${workspaceId} not found`, {
      hint: "You are not a member of it, or it is not there.",
    });
  }
  const models = [...new Set(workspaces.map((one) => one.embedding_model).filter((name) => name !== null))];
  if (models.length > 1) {
    throw new HttpError(400, "several_models", "your workspaces hold vectors by different models", {
      details: workspaces.map((one) => `${one.id}: ${one.embedding_model ?? "none"}`).join(", "),
      hint: "Say which one to search: workspace_id.",
    });
  }
  const model = models[0] ?? null;
  return { model, home: workspaces.find((one) => one.embedding_model === model)?.id ?? "" };
}

/** Null: the model knows none of these words. */
async function vectorOf(
  query: string,
  model: string,
  home: string,
  { embedders, purse, clock }: Deps,
): Promise<Float32Array | null> {
  const embedder = embedders.find((one) => one.model === model);
  if (!embedder) {
    const served = embedders.map((one) => one.model).join(", ");
    throw new HttpError(422, "model_not_served", `the workspace's vectors are by ${model}`, {
      details: served ? `this function embeds with ${served}` : "OPENAI_API_KEY is not set",
      hint: "Embed the query yourself and call the RPC semantic_search_content.",
    });
  }
  try {
    const asked = [{ text: query, workspace_id: home }];
    const [vector] = await withinBudgets(asked, embedder, purse, clock.now(), (paid, bill) => {
      return embedder.embed(paid.map(({ text }) => text), PROVIDER_MS, bill);
    });
    if (vector instanceof ProviderError) throw vector;
    return vector!;
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.trouble === "refused") throw new HttpError(400, "query_refused", "the query was refused");
    if (error.trouble === "unpaid") {
      throw new HttpError(
        503,
        "over_budget",
        "the workspace's daily budget does not pay for a query's vector",
        {
          hint: "Search by words, or ask an owner for a larger budget.",
          headers: { "Retry-After": String(Math.ceil(error.retryAfterSeconds ?? 10)) },
        },
      );
    }
    console.error(error.message); // of an account that is not the caller's
    throw new HttpError(503, "provider_unavailable", "the query cannot be embedded now", {
      headers: { "Retry-After": String(Math.ceil(error.retryAfterSeconds ?? 10)) },
    });
  }
}

function read(body: Record<string, unknown>): Question {
  for (const name of Object.keys(body)) {
    if (!FIELDS.includes(name)) throw invalid(`unknown field '${name}'; expected ${FIELDS.join(", ")}`);
  }
  const { query, workspace_id = null } = body;
  if (typeof query !== "string" || !query.trim()) throw invalid("query must be a text that is not blank");
  if (query.length > MAX_QUERY) throw invalid(`query has ${query.length} characters; at most ${MAX_QUERY}`);
  if (query.includes("\0") || !query.isWellFormed()) {
    throw invalid("query holds what is no character of a text");
  }
  if (workspace_id !== null && (typeof workspace_id !== "string" || !UUID.test(workspace_id))) {
    throw invalid(`workspace_id must be a uuid, not ${JSON.stringify(workspace_id)}`);
  }
  return {
    query,
    workspaceId: workspace_id,
    limit: whole(body, "limit", DEFAULT_LIMIT, 1, MAX_ROWS),
    offset: whole(body, "offset", 0, 0, MAX_ROWS),
  };
}

/** Clamped to what there is. */
function whole(
  body: Record<string, unknown>,
  name: string,
  usual: number,
  low: number,
  high: number,
): number {
  const value = body[name] ?? usual;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw invalid(`${name} must be a whole number, not ${JSON.stringify(value)}`);
  }
  return Math.min(Math.max(value, low), high);
}

function invalid(message: string): HttpError {
  return new HttpError(400, "invalid_body", message);
}
