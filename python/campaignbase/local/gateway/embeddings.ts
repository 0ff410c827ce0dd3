/**
 * /embeddings/v1/embeddings: the shipped embedder in OpenAI's form, for edge functions and other programs of this
 * machine. Its process is started by the first request, and again by the next one after it ended or hung.
 */
import type { Config } from "./config.ts";

const PREFIX = "/embeddings/v1/";
const READY_MS = 30_000;
const ANSWER_MS = 60_000;

interface Running {
  port: number;
  token: string;
  end(): void;
}

export class Embeddings {
  #running: Promise<Running> | null = null;
  #keys: string[];
  #command: string[] | null;

  constructor(config: Config) {
    this.#keys = [config.secretKey, config.publishableKey].map((key) => `Bearer ${key}`);
    this.#command = config.embeddings?.command ?? null;
  }

  async fetch(request: Request): Promise<Response> {
    if (this.#command === null) {
      return refusal(503, "no embedder: run pip install 'campaignbase[api]', then start the stack again");
    }
    if (!this.#keys.includes(request.headers.get("authorization") ?? "")) {
      return refusal(401, "send a key of this stack: Authorization: Bearer sb_...");
    }
    const body = await request.arrayBuffer();
    const answer = await this.#ask(request, body) ?? await this.#ask(request, body); // it may just have ended
    return answer ?? refusal(503, "the embedder does not answer; the gateway's log says why");
  }

  async #ask(request: Request, body: ArrayBuffer): Promise<Response | null> {
    const started = this.#running ??= this.#start();
    let running: Running | null = null;
    try {
      running = await started;
      const path = new URL(request.url).pathname.slice(PREFIX.length);
      return await fetch(`http://127.0.0.1:${running.port}/v1/${path}`, {
        method: request.method,
        headers: {
          "Authorization": `Bearer ${running.token}`,
          "Content-Type": request.headers.get("content-type") ?? "application/json",
        },
        body: request.method === "POST" ? body : undefined,
        signal: AbortSignal.timeout(ANSWER_MS),
      });
    } catch (error) {
      console.error("the embedder does not answer:", error);
      this.#forget(started);
      running?.end();
      return null;
    }
  }

  #start(): Promise<Running> {
    const started: Promise<Running> = start(this.#command!, () => this.#forget(started));
    return started;
  }

  /** Unless another one runs already. */
  #forget(started: Promise<Running>): void {
    if (this.#running === started) this.#running = null;
  }

  async close(): Promise<void> {
    (await this.#running?.catch(() => null))?.end();
  }
}

/** `gone` is called at its end. */
async function start([program, ...args]: string[], gone: () => void): Promise<Running> {
  const child = new Deno.Command(program!, { args, stdin: "piped", stdout: "piped", stderr: "inherit" })
    .spawn();
  const token = crypto.randomUUID();
  // stays open: its end tells the embedder that nobody is here any more
  const input = child.stdin.getWriter();
  const end = () => {
    gone();
    try {
      child.kill("SIGKILL"); // it holds nothing
    } catch { /* it ended by itself */ }
  };
  child.status.then(gone);
  const late = setTimeout(end, READY_MS);
  try {
    await input.write(new TextEncoder().encode(JSON.stringify({ token }) + "\n"));
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new Error(`it ended with ${(await child.status).code}`);
      text += value;
    }
    return { port: JSON.parse(text).port, token, end };
  } finally {
    clearTimeout(late);
  }
}

function refusal(status: number, message: string): Response {
  return Response.json({ error: { message, type: status === 401 ? "invalid_api_key" : "unavailable" } }, {
    status,
    headers: status === 503 ? { "Retry-After": "5" } : {},
  });
}
