/** Servers on loopback that pretend to be on the internet, and misbehave. */
import type { Network } from "../../../supabase/functions/deliver/sender.ts";

export const HOST = "hooks.acme.com";
export const PUBLIC = "93.184.216.34";

/** What a server says to one connection; it is closed after that. */
export type Talk = (connection: Deno.Conn) => Promise<void>;

export class FakeNetwork implements Network {
  /** an answer a question, the last one for ever */
  names: string[][] = [[PUBLIC]];
  asked: string[] = [];
  connected: [address: string, port: number][] = [];
  secured: string[] = [];

  constructor(readonly port: number, private readonly authority?: string) {}

  resolve(host: string): Promise<string[]> {
    this.asked.push(host);
    return Promise.resolve(this.names.length > 1 ? this.names.shift()! : this.names[0]!);
  }

  /** Every connection ends at one server on loopback. */
  connect(address: string, port: number): Promise<Deno.TcpConn> {
    this.connected.push([address, port]);
    return Deno.connect({ hostname: "127.0.0.1", port: this.port });
  }

  async secure(plain: Deno.TcpConn, hostname: string): Promise<Deno.Conn> {
    this.secured.push(hostname);
    const caCerts = this.authority ? [this.authority] : [];
    const connection = await Deno.startTls(plain, { hostname, caCerts });
    await connection.handshake();
    return connection;
  }
}

export interface Certificates {
  authority: string;
  chain: string;
  key: string;
}

/** For this name, by an authority of its own. */
export async function certificates(host: string): Promise<Certificates> {
  const made = await new Deno.Command(Deno.env.get("PYTHON") ?? ".venv/bin/python", {
    args: ["-m", "tests.support.tls", host],
    stderr: "inherit",
  }).output();
  if (!made.success) throw new Error("no certificates were made");
  return JSON.parse(new TextDecoder().decode(made.stdout));
}

/** A server for the time of `work`. */
export async function serving<Answer>(
  secure: Certificates | null,
  talk: Talk,
  work: (network: FakeNetwork) => Promise<Answer>,
): Promise<Answer> {
  const address = { hostname: "127.0.0.1", port: 0 };
  const listener = secure
    ? Deno.listenTls({ ...address, cert: secure.chain, key: secure.key })
    : Deno.listen(address);
  const open = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const connection of listener) {
      const talking: Promise<void> = talk(connection).catch(() => {}).finally(() => {
        try {
          connection.close();
        } catch {
          // the sender did
        }
        open.delete(talking);
      });
      open.add(talking);
    }
  })();
  try {
    return await work(new FakeNetwork((listener.addr as Deno.NetAddr).port, secure?.authority));
  } finally {
    listener.close();
    await accepting.catch(() => {});
    await Promise.all(open);
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

/** Reads a request and gives this answer; what was read is kept in `seen`. */
export function answering(answer: string | Uint8Array, seen: string[] = []): Talk {
  return async (connection) => {
    let text = "";
    const part = new Uint8Array(65536);
    const decoder = new TextDecoder();
    const whole = () => {
      const [head, body] = text.split("\r\n\r\n");
      const length = Number(/content-length: (\d+)/i.exec(head!)?.[1]);
      return body !== undefined && encode(body).length >= length;
    };
    while (!whole()) {
      const read = await connection.read(part);
      if (read === null) return;
      text += decoder.decode(part.subarray(0, read), { stream: true });
    }
    seen.push(text);
    const bytes = typeof answer === "string" ? encode(answer) : answer;
    for (let written = 0; written < bytes.length;) {
      written += await connection.write(bytes.subarray(written));
    }
  };
}
