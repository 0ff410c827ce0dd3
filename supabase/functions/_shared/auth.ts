/** Who calls: a user by a token of the project's auth server, or a component by a secret key. */
import { createRemoteJWKSet, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import type { Settings } from "./env.ts";
import { HttpError } from "./errors.ts";

export interface User {
  id: string;
  /** as it came: to be handed on, so that the database decides what its bearer may see */
  token: string;
}

export type VerifyUser = (request: Request) => Promise<User>;

const AUDIENCE = "authenticated";
const ASYMMETRIC = ["ES256", "RS256"];
const TOLERANCE_SECONDS = 5; // between two clocks

export function userVerifier(settings: Pick<Settings, "url" | "developmentJwtSecret">): VerifyUser {
  const published = createRemoteJWKSet(new URL(`${settings.url}/auth/v1/.well-known/jwks.json`), {
    timeoutDuration: 5000,
  });
  const secret = settings.developmentJwtSecret && new TextEncoder().encode(settings.developmentJwtSecret);

  async function payload(token: string): Promise<JWTPayload> {
    const options = { audience: AUDIENCE, clockTolerance: TOLERANCE_SECONDS, requiredClaims: ["exp", "sub"] };
    if (algorithm(token) === "HS256") {
      if (!secret) throw foreign("HS256 is believed only with DEVELOPMENT_JWT_SECRET");
      return (await jwtVerify(token, secret, { ...options, algorithms: ["HS256"] })).payload;
    }
    return (await jwtVerify(token, published, { ...options, algorithms: ASYMMETRIC })).payload;
  }

  return async (request) => {
    const token = bearer(request);
    const claims = await payload(token).catch((error) => {
      throw refusal(error);
    });
    if (claims.role !== "authenticated") {
      throw new HttpError(401, "42501", `permission denied for role ${claims.role}`, {
        hint: "Send the access token of a signed-in user.",
      });
    }
    return { id: claims.sub!, token };
  };
}

/** Refuses who does not hold one of the keys, in `apikey` or as a bearer. */
export async function requireSecretKey(request: Request, keys: string[]): Promise<void> {
  const authorization = request.headers.get("authorization");
  const given = request.headers.get("apikey") ?? authorization?.replace(/^bearer\s+/i, "");
  if (!given) {
    throw new HttpError(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header", {
      hint: "Send a secret key in the header apikey.",
    });
  }
  const same = await Promise.all(keys.map((key) => equal(key, given)));
  if (!same.includes(true)) {
    throw new HttpError(401, "invalid_api_key", "Invalid API key", {
      hint: "This function takes a secret key (sb_secret_...) of its project.",
    });
  }
}

function bearer(request: Request): string {
  const header = request.headers.get("authorization");
  if (!header) {
    throw new HttpError(401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header", {
      hint: "Send `Authorization: Bearer <access token of a signed-in user>`.",
    });
  }
  const token = /^bearer\s+(\S+)$/i.exec(header)?.[1];
  if (!token) throw malformed();
  return token;
}

function algorithm(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).alg;
  } catch {
    throw malformed();
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof HttpError) return error;
  if (error instanceof errors.JWTExpired) {
    return new HttpError(401, "PGRST303", "JWT expired", { hint: "Refresh the session." });
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new HttpError(401, "PGRST303", error.claim === "aud" ? "JWT not in audience" : error.message);
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return malformed();
  const wrong = [errors.JWSSignatureVerificationFailed, errors.JWKSNoMatchingKey, errors.JOSEAlgNotAllowed];
  if (wrong.some((kind) => error instanceof kind)) return foreign();
  if (error instanceof errors.JOSENotSupported) return foreign();
  console.error(error); // the auth server's keys cannot be read
  return new HttpError(503, "auth_unavailable", "the keys of the auth server cannot be read", {
    headers: { "Retry-After": "5" },
  });
}

function malformed(): HttpError {
  return new HttpError(401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT", {
    hint: "Send the access token of a signed-in user, not a key.",
  });
}

function foreign(details?: string): HttpError {
  return new HttpError(401, "PGRST301", "No suitable key or wrong key type", { details });
}

/** In a time that tells nothing about where they differ. */
async function equal(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([one, other].map(digest));
  return left!.reduce((different, byte, place) => different | (byte ^ right![place]!), 0) === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
