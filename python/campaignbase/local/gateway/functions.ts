/**
 * /functions/v1/<name>: each function of a folder in a worker of its own, started by its first request. What goes
 * wrong in one is answered as the platform does and ends that worker alone.
 */
import { jwtVerify } from "jose";
import { type Config, databaseUrl, type FunctionsConfig, gatewayUrl } from "./config.ts";

const PREFIX = "/functions/v1/";
const TIMEOUT_MS = 150_000; // of a request, as on the platform
const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

/** What the platform puts into a function's environment, and the secret that believes this stack's tokens. */
export function environment(config: Config): Record<string, string> {
  return {
    SUPABASE_URL: gatewayUrl(config),
    SUPABASE_PUBLISHABLE_KEY: config.publishableKey,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: config.publishableKey }),
    SUPABASE_SECRET_KEY: config.secretKey,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: config.secretKey }),
    SUPABASE_ANON_KEY: config.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: config.secretKey,
    SUPABASE_DB_URL: databaseUrl(config, "postgres"),
    DEVELOPMENT_JWT_SECRET: config.jwtSecret,
  };
}

/** What edge functions are told unless the project says otherwise: where webhooks may go, how texts are embedded. */
export function defaults(config: Config): Record<string, string> {
  const own = { CAMPAIGNBASE_WEBHOOKS_LOCAL: "1", ...config.environment };
  if (config.embeddings === null) return own;
  return {
    ...own,
    EMBEDDINGS_URL: `${gatewayUrl(config)}/embeddings/v1`,
    EMBEDDINGS_KEY: config.secretKey,
    EMBEDDINGS_MODEL: config.embeddings.model,
  };
}

export class Functions {
  #running = new Map<string, Promise<Running>>();

  #secret: Uint8Array;

  constructor(private readonly config: FunctionsConfig | null, jwtSecret: string) {
    this.#secret = new TextEncoder().encode(jwtSecret);
  }

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const [name = ""] = url.pathname.slice(PREFIX.length).split("/");
    const file = NAME.test(name) ? await this.#file(name) : null;
    if (file === null) return refusal(404, "NOT_FOUND", "Requested function was not found");
    const refused = this.config?.unchecked.includes(name) ? null : await this.#check(request);
    if (refused !== null) return refused;
    let running: Running;
    try {
      running = await this.#start(name, file);
    } catch (error) {
      console.error(`function ${name} did not start:`, error);
      return refusal(503, "BOOT_ERROR", "Function failed to start (please check logs)");
    }
    const path = url.pathname.slice(PREFIX.length - 1);
    try {
      return await forward(request, `http://127.0.0.1:${running.port}${path}${url.search}`, running.ended);
    } catch (error) {
      console.error(`function ${name} did not answer:`, error);
      const isLate = error instanceof DOMException && error.name === "TimeoutError";
      // unless the client went away it is the worker that did, perhaps without a word
      if (!request.signal.aborted) running.end(isLate ? "it took too long" : "it is gone");
      return isLate
        ? refusal(504, "WORKER_TIMEOUT", "Function did not answer in time")
        : refusal(500, "WORKER_ERROR", "Function exited due to an error (please check logs)");
    }
  }

  async close(): Promise<void> {
    for (const starting of this.#running.values()) (await starting.catch(() => null))?.end("the stack stops");
  }

  /** Any token of the project will do: an expired one, another's and a key are refused. Null lets it through. */
  async #check(request: Request): Promise<Response | null> {
    if (request.method === "OPTIONS") return null; // browsers ask without
    const given = request.headers.get("Authorization");
    if (given === null) return refusal(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header");
    try {
      await jwtVerify(given.replace(/^Bearer /i, ""), this.#secret, { algorithms: ["HS256"] });
      return null;
    } catch {
      return refusal(401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT");
    }
  }

  async #file(name: string): Promise<string | null> {
    if (this.config === null || this.config.disabled.includes(name)) return null;
    const file = `${this.config.folder}/${name}/index.ts`;
    return await Deno.stat(file).then((found) => found.isFile ? file : null, () => null);
  }

  #start(name: string, file: string): Promise<Running> {
    const known = this.#running.get(name);
    if (known !== undefined) return known;
    const started = start(name, file, () => this.#running.delete(name));
    this.#running.set(name, started);
    return started;
  }
}

interface Running {
  port: number;
  end(reason: string): void;
  /** aborted when the worker is gone */
  ended: AbortSignal;
}

/** Rejects with what the function said when it could not be loaded. */
function start(name: string, file: string, gone: () => void): Promise<Running> {
  return new Promise((started, failed) => {
    const worker = new Worker(import.meta.resolve("./function_worker.ts"), { type: "module", name });
    const ended = new AbortController();
    const end = (reason: string) => {
      gone();
      worker.terminate();
      ended.abort(new Error(reason));
      failed(new Error(reason));
    };
    worker.addEventListener("message", ({ data }) => {
      if (typeof data.port === "number") started({ port: data.port, end, ended: ended.signal });
      else end(data.error);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      end(event.message);
    });
    worker.postMessage({ file: `file://${file}` });
  });
}

async function forward(request: Request, url: string, ended: AbortSignal): Promise<Response> {
  const headers = new Headers(request.headers);
  headers.delete("accept-encoding"); // the answer is passed on as it is read
  const answer = await fetch(url, {
    method: request.method,
    headers,
    body: request.body,
    redirect: "manual",
    signal: AbortSignal.any([ended, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  return new Response(answer.body, { status: answer.status, headers: answer.headers });
}

function refusal(status: number, code: string, message: string): Response {
  return Response.json({ code, message }, { status, headers: CORS });
}
