/** Uploads as forms, which is what supabase-js makes of a File or Blob, given on as the file alone. */

/** The name of its file field, which Deno's parser passes over, and one that it reads. */
const NAMELESS = bytesOf('form-data; name="";');
const NAMED = bytesOf('form-data; name="file";');

/** The request with the form's one file as its body; itself where it is no form, null where a form has no file. */
export async function unwrapped(request: Request): Promise<Request | null> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return request;
  const form = await formOf(new Uint8Array(await request.arrayBuffer()), type);
  const file = [...(form?.values() ?? [])].find((value) => value instanceof File);
  if (!file) return null;
  const headers = new Headers(request.headers);
  headers.set("content-type", file.type || "application/octet-stream");
  headers.set("content-length", String(file.size));
  const seconds = form?.get("cacheControl");
  if (typeof seconds === "string") headers.set("cache-control", `max-age=${seconds}`);
  return new Request(request.url, { method: request.method, headers, body: file });
}

/** Null: what was sent is no form. */
async function formOf(sent: Uint8Array<ArrayBuffer>, type: string): Promise<FormData | null> {
  const at = indexOf(sent, NAMELESS);
  const parts = at < 0 ? [sent] : [sent.subarray(0, at), NAMED, sent.subarray(at + NAMELESS.length)];
  return await new Response(new Blob(parts), { headers: { "content-type": type } }).formData()
    .catch(() => null);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0]!;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, further) => bytes[at + further] === byte)) return at;
  }
  return -1;
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
