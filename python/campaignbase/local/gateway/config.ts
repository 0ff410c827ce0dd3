/** What whoever starts the gateway tells it: one JSON document on stdin, so that no key shows in `ps`. */
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
  /** the folder of edge functions, one folder each; null is none */
  functions: string | null;
}

export async function readConfig(): Promise<Config> {
  return JSON.parse(await new Response(Deno.stdin.readable).text()) as Config;
}

export function databaseUrl(config: Config, role: string): string {
  return `postgresql://${role}@127.0.0.1:${config.databasePort}/${config.database}?sslmode=disable`;
}

export function gatewayUrl(config: Config): string {
  return `http://127.0.0.1:${config.port}`;
}
