import { unwrapped } from "../../../python/campaignbase/local/gateway/uploads.ts";
import { equal } from "../support/assert.ts";

const BYTES = new Uint8Array([0, 13, 10, 45, 45, 255]);
const png = new File([BYTES], "x.png", { type: "image/png" });

function sent(fields: [string, string | File][], method = "POST"): Request {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return new Request("http://x/storage/v1/object/media/a", {
    method,
    body: form,
    headers: { "x-upsert": "true" },
  });
}

// [what it is called, the form]; supabase-js gives the file no name, supabase-py "file"
const FORMS: [string, [string, string | File][]][] = [
  ["nameless", [["cacheControl", "60"], ["", png]]],
  ["nameless, metadata first", [["metadata", '{"a":1}'], ["cacheControl", "60"], ["", png]]],
  ["named", [["file", png], ["cacheControl", "60"]]],
];

for (const [name, form] of FORMS) {
  Deno.test(`unwrapped: the file of a form, ${name}`, async () => {
    const request = (await unwrapped(sent(form, "PUT")))!;
    equal(new Uint8Array(await request.arrayBuffer()), BYTES);
    equal(request.method, "PUT");
    equal(
      ["content-type", "content-length", "cache-control", "x-upsert"].map((one) => request.headers.get(one)),
      ["image/png", "6", "max-age=60", "true"],
    );
  });
}

Deno.test("unwrapped leaves what is no form, and finds no file where none is", async () => {
  const raw = new Request("http://x", {
    method: "POST",
    body: BYTES,
    headers: { "content-type": "image/png" },
  });
  equal(await unwrapped(raw) === raw, true);
  equal(await unwrapped(sent([["cacheControl", "60"]])), null);
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  equal(await unwrapped(new Request("http://x", { method: "POST", body: "nonsense", headers })), null);
});
