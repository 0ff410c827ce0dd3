/** What is signed here, and what a receiver that follows docs/webhooks.md believes. */
import { SignatureError, signedHeaders } from "../../../supabase/functions/deliver/signature.ts";
import { equal } from "../support/assert.ts";
import { CASES, documentedVerify, SECRET } from "./cases.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("signatures are those of the table", async () => {
  for (const { secrets, id, timestamp, body, signature } of CASES.sign) {
    equal(await signedHeaders(secrets, id, timestamp, bytes(body)), {
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": signature,
    });
  }
});

Deno.test("nothing is signed with less than a secret", async () => {
  const wrong = [[], ["whsec_short"], ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], ["whsec_é"], [SECRET, "whsec_"]];
  for (const secrets of wrong) {
    const refused = await signedHeaders(secrets, "m", 7, bytes("{}")).catch((error) => error);
    equal([secrets, refused instanceof SignatureError], [secrets, true]);
  }
});

Deno.test("the documented receiver accepts and refuses as the table says", async () => {
  const verify = await documentedVerify();
  for (const { name, secret, headers, body, now, accepted } of CASES.verify) {
    let found: unknown = false;
    try {
      found = verify(secret, headers, body, now);
    } catch {
      // refused
    }
    equal([name, found], [name, accepted ? headers["webhook-id"] : false]);
  }
});

Deno.test("the documented receiver refuses 2,000 forgeries of a delivery it accepts", async () => {
  const verify = await documentedVerify();
  const now = 1_700_000_000;
  const body = bytes(JSON.stringify({ type: "content.labeled", data: { text: "Größe ".repeat(40) } }));
  const headers = await signedHeaders([SECRET], "msg_1", now, body);
  equal(verify(SECRET, headers, body, now), "msg_1");

  let accepted = 0;
  const attempt = (forgedHeaders: Record<string, string>, forgedBody: Uint8Array) => {
    try {
      verify(SECRET, forgedHeaders, forgedBody, now);
      accepted++;
    } catch {
      // refused
    }
  };
  let forged = 0;
  for (; forged < 1500; forged++) {
    const changed = body.slice();
    changed[forged % body.length]! ^= 1 << (forged / body.length) % 8;
    attempt(headers, changed);
  }
  const names = Object.keys(headers);
  for (; forged < 2000; forged++) {
    const name = names[forged % names.length]!;
    const value = headers[name]!;
    const place = (forged / names.length | 0) % value.length;
    const other = String.fromCharCode(value.charCodeAt(place) ^ 1 + forged % 5);
    attempt({ ...headers, [name]: value.slice(0, place) + other + value.slice(place + 1) }, body);
  }
  equal([forged, accepted], [2000, 0]);
});
