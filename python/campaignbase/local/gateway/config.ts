/** What the supervisor tells the gateway: one line of JSON on stdin, so that no key shows in `ps`. */
export interface Config {
  port: number;
  /** of the server; the gateway signs in under the roles the platform's own services use */
  databasePort: number;
  database: string;
  publishableKey: string;
  secretKey: string;
  jwtSecret: string;
  /** schemas REST opens */
  schemas: string[];
  /** where objects of the storage are kept */
  objects: string;
  /** where mails are written instead of sent */
  mails: string;
  /** null is none */
  functions: FunctionsConfig | null;
  /** what serves the shipped embedder; null: it cannot be had here */
  embeddings: EmbeddingsConfig | null;
  /** variables that edge functions find, where their own environment does not say otherwise */
  environment: Record<string, string>;
  /** how often the supervisor has started one, this one included */
  starts: number;
  /** what became of the one before; null for the first */
  ended: string | null;
}

export interface EmbeddingsConfig {
  command: string[];
  model: string;
}

export interface FunctionsConfig {
  /** holds one folder with an index.ts for each */
  folder: string;
  /** names of those with `verify_jwt = false`; the others' callers are asked for a token */
  unchecked: string[];
  /** names of those that are not there */
  disabled: string[];
}

/** Stdin stays open while the supervisor is there; `gone` is called at its end. */
export async function readConfig(gone: () => void): Promise<Config> {
  const input = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await input.read();
    if (done) throw new Error("expected the configuration as a line of JSON on stdin, found its end");
    text += value;
  }
  input.read().then(gone, gone);
  return JSON.parse(text) as Config;
}

export function databaseUrl(config: Config, role: string): string {
  return `postgresql://${role}@127.0.0.1:${config.databasePort}/${config.database}?sslmode=disable`;
}

export function gatewayUrl(config: Config): string {
  return `http://127.0.0.1:${config.port}`;
}
