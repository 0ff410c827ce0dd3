/** Tokens by a local issuer with ES256, and everything that is no token of ours. */
import { equal } from "./support/assert.ts";
import { requireSecretKey, userVerifier } from "../../supabase/functions/_shared/auth.ts";
import { answered } from "../../supabase/functions/_shared/errors.ts";
import { answer, quietly } from "./support/answers.ts";
import { Issuer, sharedKey, sign, signing, userClaims } from "./support/issuer.ts";

const SECRET = "a secret of a developer's machine, 32 bytes";

function request(authorization?: string): Request {
  return new Request("http://functions.test/", { headers: authorization ? { authorization } : {} });
}

/** Status, code and message, or the user's id. */
async function outcome(issuer: Issuer, authorization?: string, developmentJwtSecret: string | null = null) {
  const verify = userVerifier({ url: issuer.url, developmentJwtSecret });
  const response = answered(async () => Response.json(await verify(request(authorization))));
  const [status, body] = await answer(response);
  return status === 200 ? body.id : [status, body.code, body.message];
}

const FOREIGN = [401, "PGRST301", "No suitable key or wrong key type"];
const MALFORMED = [401, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT"];
const seconds = (from: number) => Math.floor(Date.now() / 1000) + from;

Deno.test("a user's token is believed, and the keys are read once", async () => {
  await using issuer = await Issuer.start();
  const verify = userVerifier({ url: issuer.url, developmentJwtSecret: null });
  const token = await issuer.token();
  for (let time = 0; time < 3; time++) {
    equal(await verify(request(`Bearer ${token}`)), { id: userClaims().sub, token });
  }
  equal(issuer.reads, 1);
});

Deno.test("a rotated key is found", async () => {
  await using issuer = await Issuer.start();
  issuer.keys = [await signing("second"), ...issuer.keys];
  equal(await outcome(issuer, `bearer ${await issuer.token()}`), userClaims().sub);
});

const refusals: Record<
  string,
  { header: (issuer: Issuer) => string | undefined | Promise<string>; refused: unknown }
> = {
  "no header": {
    header: () => undefined,
    refused: [401, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header"],
  },
  "another scheme": { header: () => "Basic eA==", refused: MALFORMED },
  "nothing after Bearer": { header: () => "Bearer ", refused: MALFORMED },
  "a publishable key": { header: () => "Bearer sb_publishable_123", refused: MALFORMED },
  "garbage of three parts": { header: () => "Bearer a.b.c", refused: MALFORMED },
  "a body that is no JSON": {
    header: (issuer) => issuer.token().then((token) => `Bearer ${token.replace(/\..*\./, ".e30x.")}`),
    refused: FOREIGN, // its signature is of another body
  },
  "expired": {
    header: (issuer) => issuer.token({ exp: seconds(-60) }).then(bearer),
    refused: [401, "PGRST303", "JWT expired"],
  },
  "not yet": {
    header: (issuer) => issuer.token({ nbf: seconds(60) }).then(bearer),
    refused: [401, "PGRST303", '"nbf" claim timestamp check failed'],
  },
  "for ever": {
    header: (issuer) => issuer.token({ exp: undefined }).then(bearer),
    refused: [401, "PGRST303", 'missing required "exp" claim'],
  },
  "of nobody": {
    header: (issuer) => issuer.token({ sub: undefined }).then(bearer),
    refused: [401, "PGRST303", 'missing required "sub" claim'],
  },
  "for another audience": {
    header: (issuer) => issuer.token({ aud: "elsewhere" }).then(bearer),
    refused: [401, "PGRST303", "JWT not in audience"],
  },
  "of the role anon": {
    header: (issuer) => issuer.token({ role: "anon" }).then(bearer),
    refused: [401, "42501", "permission denied for role anon"],
  },
  "of the role service_role": {
    header: (issuer) => issuer.token({ role: "service_role" }).then(bearer),
    refused: [401, "42501", "permission denied for role service_role"],
  },
  "signed by another project under our key's name": {
    header: async (issuer) => bearer(await issuer.token({}, await signing("first"))),
    refused: FOREIGN,
  },
  "signed by a key nobody published": {
    header: async (issuer) => bearer(await issuer.token({}, await signing("unheard of"))),
    refused: FOREIGN,
  },
  "without a signature": {
    header: async () => bearer(await sign({ alg: "none" }, userClaims(), null)),
    refused: FOREIGN,
  },
  "HS256 with our public key as the secret": {
    header: async (issuer) => {
      const raw = await crypto.subtle.exportKey("spki", issuer.keys[0]!.pair.publicKey);
      const key = await sharedKey(String.fromCharCode(...new Uint8Array(raw)));
      return bearer(await sign({ alg: "HS256", kid: "first" }, userClaims(), key));
    },
    refused: FOREIGN,
  },
  "HS256 without a development secret": {
    header: async () => bearer(await sign({ alg: "HS256" }, userClaims(), await sharedKey(SECRET))),
    refused: FOREIGN,
  },
};

for (const [name, { header, refused }] of Object.entries(refusals)) {
  Deno.test(`a token is refused: ${name}`, async () => {
    await using issuer = await Issuer.start();
    equal(await outcome(issuer, await header(issuer)), refused);
  });
}

Deno.test("a changed token is refused", async () => {
  await using issuer = await Issuer.start();
  const [head, , signature] = (await issuer.token()).split(".");
  const [, body] = (await issuer.token({ sub: "22222222-2222-2222-2222-222222222222" })).split(".");
  equal(await outcome(issuer, `Bearer ${head}.${body}.${signature}`), FOREIGN);
});

Deno.test("HS256 is believed with the development secret alone, and is held to the same claims", async () => {
  await using issuer = await Issuer.start();
  const key = await sharedKey(SECRET);
  const token = (claims = {}) => sign({ alg: "HS256" }, { ...userClaims(), ...claims }, key).then(bearer);
  equal(await outcome(issuer, await token(), SECRET), userClaims().sub);
  equal(await outcome(issuer, await token(), `${SECRET}!`), FOREIGN);
  equal(await outcome(issuer, await token({ exp: seconds(-60) }), SECRET), [
    401,
    "PGRST303",
    "JWT expired",
  ]);
  equal(issuer.reads, 0);
});

Deno.test("an auth server that does not answer is no refusal of the user", async () => {
  await using issuer = await Issuer.start();
  issuer.broken = new Response("no", { status: 500 });
  const expected = [503, "auth_unavailable", "the keys of the auth server cannot be read"];
  const found = await quietly(async () => outcome(issuer, bearer(await issuer.token())));
  equal(found, expected);
});

function bearer(token: string): string {
  return `Bearer ${token}`;
}

const keys: Record<string, [Record<string, string>, number]> = {
  "in apikey": [{ apikey: "sb_secret_2" }, 204],
  "as a bearer": [{ authorization: "Bearer sb_secret_1" }, 204],
  "none": [{}, 401],
  "another": [{ apikey: "sb_secret_3" }, 401],
  "the beginning of one": [{ apikey: "sb_secret_" }, 401],
  "a publishable one": [{ apikey: "sb_publishable_1" }, 401],
  "a wrong one beside a right bearer": [{ apikey: "x", authorization: "Bearer sb_secret_1" }, 401],
};

for (const [name, [headers, status]] of Object.entries(keys)) {
  Deno.test(`a secret key: ${name}`, async () => {
    const asked = new Request("http://functions.test/", { headers });
    const response = await answered(async () => {
      await requireSecretKey(asked, ["sb_secret_1", "sb_secret_2"]);
      return new Response(null, { status: 204 });
    });
    await response.body?.cancel();
    equal(response.status, status);
  });
}
