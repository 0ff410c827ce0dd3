/** Who subscribes: the claims of a user's token, or the role of the project's key. */
import { errors, jwtVerify } from "jose";
import type { Config } from "../config.ts";

export interface Identity {
  role: string;
  claims: Record<string, unknown>;
  /** seconds since 1970; null never, as with a key */
  expires: number | null;
}

/** Told to the client as `<code>: <message>` when it joins, as the message alone later. */
export class TokenError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}

export class Tokens {
  #secret: Uint8Array;

  constructor(private readonly config: Pick<Config, "jwtSecret" | "publishableKey" | "secretKey">) {
    this.#secret = new TextEncoder().encode(config.jwtSecret);
  }

  /** Of the key a socket was opened with; null for one that is not the project's. */
  ofKey(key: string): Identity | null {
    const role = key === this.config.publishableKey
      ? "anon"
      : key === this.config.secretKey
      ? "service_role"
      : null;
    return role === null ? null : { role, claims: { role }, expires: null };
  }

  /** Raises TokenError with the platform's own code. */
  async verify(token: string): Promise<Identity> {
    try {
      const { payload } = await jwtVerify(token, this.#secret, { algorithms: ["HS256"] });
      if (typeof payload.role !== "string" || payload.role === "" || typeof payload.exp !== "number") {
        throw new TokenError("InvalidJWTToken", "Fields `role` and `exp` are required in JWT");
      }
      return { role: payload.role, claims: payload, expires: payload.exp };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw expired(error.payload.exp ?? 0);
      if (error instanceof errors.JWSSignatureVerificationFailed) {
        throw new TokenError("JwtSignatureError", "Failed to validate JWT signature");
      }
      if (error instanceof TokenError) throw error;
      throw new TokenError("MalformedJWT", "The token provided is not a valid JWT");
    }
  }
}

export function expired(at: number): TokenError {
  const ago = Math.max(0, Math.floor(Date.now() / 1000 - at));
  return new TokenError("InvalidJWTToken", `Token has expired ${ago} seconds ago`);
}
