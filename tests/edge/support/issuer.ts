/** An auth server's part in tokens: keys published as a JWKS on loopback, and tokens signed with them (ES256). */

export interface Signing {
  kid: string;
  pair: CryptoKeyPair;
}

export class Issuer implements AsyncDisposable {
  /** how often the keys were read */
  reads = 0;
  /** answers instead of the keys, when set */
  broken: Response | null = null;
  readonly url: string;
  private readonly server: Deno.HttpServer<Deno.NetAddr>;

  private constructor(public keys: Signing[]) {
    this.server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.answer(request),
    );
    this.url = `http://127.0.0.1:${this.server.addr.port}`;
  }

  static async start(): Promise<Issuer> {
    return new Issuer([await signing("first")]);
  }

  /** With these claims over those of a signed-in user's token. */
  token(claims: Record<string, unknown> = {}, key = this.keys[0]!): Promise<string> {
    return sign({ alg: "ES256", kid: key.kid }, { ...userClaims(), ...claims }, key.pair.privateKey);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
  }

  private async answer(request: Request): Promise<Response> {
    if (new URL(request.url).pathname !== "/auth/v1/.well-known/jwks.json") {
      return new Response(null, { status: 404 });
    }
    this.reads++;
    if (this.broken) return this.broken.clone();
    const keys = this.keys.map(async ({ kid, pair }) => {
      const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
      return { kty, crv, x, y, kid, alg: "ES256", use: "sig" };
    });
    return Response.json({ keys: await Promise.all(keys) });
  }
}

export async function signing(kid: string): Promise<Signing> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  return { kid, pair };
}

export function userClaims(): Record<string, unknown> {
  const now = Math.floor(Date.now() / 1000);
  return {
    sub: "11111111-1111-1111-1111-111111111111",
    role: "authenticated",
    aud: "authenticated",
    iat: now,
    exp: now + 60,
  };
}

export async function sharedKey(secret: string): Promise<CryptoKey> {
  const raw = new TextEncoder().encode(secret);
  return await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** A token in its compact form; with null for a key, without a signature. */
export async function sign(header: object, claims: object, key: CryptoKey | null): Promise<string> {
  const body = `${encode(JSON.stringify(header))}.${encode(JSON.stringify(claims))}`;
  if (!key) return `${body}.`;
  const algorithm = key.algorithm.name === "HMAC" ? "HMAC" : { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(body));
  return `${body}.${encode(String.fromCharCode(...new Uint8Array(signature)))}`;
}

function encode(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
