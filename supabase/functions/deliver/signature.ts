/** Standard Webhooks 1.0.0: what is signed is `id.timestamp.body`, by HMAC-SHA256. */

const PREFIX = "whsec_";
const VERSION = "v1";
const MIN_KEY = 24; // bytes
const MAX_KEY = 64;

export class SignatureError extends Error {}

/** The three headers of a delivery; one signature for each secret, in their order. `timestamp`: seconds. */
export async function signedHeaders(
  secrets: string[],
  id: string,
  timestamp: number,
  body: Uint8Array,
): Promise<Record<string, string>> {
  if (!secrets.length) throw new SignatureError("the endpoint has no secret; rotate it to make one");
  const head = new TextEncoder().encode(`${id}.${timestamp}.`);
  const signed = new Uint8Array([...head, ...body]);
  const signatures = await Promise.all(secrets.map(async (secret) => {
    const key = await crypto.subtle.importKey(
      "raw",
      keyOf(secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      [
        "sign",
      ],
    );
    const signature = await crypto.subtle.sign("HMAC", key, signed);
    return `${VERSION},${btoa(String.fromCharCode(...new Uint8Array(signature)))}`;
  }));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  const text = secret.slice(PREFIX.length);
  if (secret.startsWith(PREFIX) && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    const key = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    if (key.length >= MIN_KEY && key.length <= MAX_KEY) return key;
  }
  throw new SignatureError(`the secret is not ${PREFIX} and ${MIN_KEY} to ${MAX_KEY} bytes in base64`);
}
