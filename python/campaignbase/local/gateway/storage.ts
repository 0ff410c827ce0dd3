/** Answers of the storage where @supabase/lite's differ from the platform's: forms, signed URLs and listings. */
import { unwrapped } from "./uploads.ts";

type Ask = (request: Request) => Promise<Response>;

const PREFIX = "/storage/v1";
const MOST = 10_000; // objects looked at for one listing
const DEFAULT_LIMIT = 100;
/** Where a file's name stands in the path of an upload. */
const NAMED = /^(?:upload\/sign\/)?(?!(?:list|sign|info|public)\/)[^/]+\/(.+)$/s;
/** Names that the platform's storage takes (its isValidKey). */
const STORABLE = /^[\w/!\-.*'() &$@=;:+,?]*$/;

/** The platform's newer code of an error, which clients branch on, by the older name that is told here too. */
const CODES: Record<string, string> = {
  "Bucket not found": "NoSuchBucket",
  "Duplicate": "KeyAlreadyExists",
  "Error": "InvalidRequest",
  "Invalid key": "InvalidKey",
  "Payload too large": "EntityTooLarge",
  "Unauthorized": "AccessDenied",
  "invalid_mime_type": "InvalidMimeType",
  "not_found": "NoSuchKey",
};

export async function askStorage(ask: Ask, sent: Request): Promise<Response> {
  const answer = await answered(ask, sent);
  if (answer.status !== 400 || sent.method === "HEAD") return answer;
  const told = await answer.json();
  return Response.json({ ...told, code: CODES[told.error] ?? told.error }, { status: 400 });
}

async function answered(ask: Ask, sent: Request): Promise<Response> {
  const request = await unwrapped(sent);
  if (request === null) return unfit("the form has no file");
  const url = new URL(request.url);
  const refused = await unstorable(request);
  if (refused !== null) return unfit(`Invalid key: ${refused}`, "InvalidKey");
  if (request.method !== "POST") {
    url.pathname = url.pathname.replace(/(\/object)\/authenticated(?=\/)/, "$1"); // the older path of a download
    const read = url.href === request.url ? request : new Request(url, request);
    return await checked(await ask(read), read);
  }
  const [kind, ...rest] = url.pathname.slice(`${PREFIX}/object/`.length).split("/");
  if (kind === "sign" && rest.length === 1) return await signMany(ask, request);
  if (kind === "sign") {
    return await change(await ask(request), ({ signedUrl }) => ({ signedURL: local(signedUrl) }));
  }
  if (kind === "upload" && rest[0] === "sign") {
    return await change(await ask(request), ({ signedUrl }) => ({
      url: local(signedUrl),
      token: new URL(String(signedUrl), request.url).searchParams.get("token"),
    }));
  }
  if (kind === "list" && rest.length === 1) return await list(ask, request);
  return await ask(request);
}

/** The name that a file is to get and the platform stores none under: it takes few letters. Null: none such. */
async function unstorable(request: Request): Promise<string | null> {
  const path = decoded(new URL(request.url).pathname.slice(`${PREFIX}/object/`.length));
  if (path === null || path.includes("\0")) return path ?? "";
  if (!["POST", "PUT"].includes(request.method)) return null;
  const isPaired = /^(copy|move)$/.test(path);
  const name = NAMED.exec(path)?.[1] ?? "";
  const given = isPaired ? String((await bodyOf(request.clone())).destinationKey ?? "") : name;
  return STORABLE.test(given) ? null : given;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/** A signed URL whose token does not hold is the caller's fault. */
async function checked(answer: Response, request: Request): Promise<Response> {
  if (answer.status !== 500 || !/\/object\/(upload\/)?sign\//.test(request.url)) return answer;
  await answer.body?.cancel();
  const message = "the signed URL has expired, or was not made by this project; make another one";
  const told = { statusCode: "400", error: "InvalidJWT", message };
  return Response.json(told, { status: 400 });
}

/** `{paths, expiresIn}`: one answer a path, refusals among them. */
async function signMany(ask: Ask, request: Request): Promise<Response> {
  const { paths, expiresIn } = await bodyOf(request);
  if (!Array.isArray(paths)) {
    return unfit("body must have required property 'paths'");
  }
  const signed = [];
  for (const path of paths) {
    const names = String(path).split("/").map(encodeURIComponent).join("/");
    const answer = await ask(again(request, `${request.url}/${names}`, { expiresIn: Number(expiresIn) }));
    const { signedUrl } = await answer.json();
    signed.push(
      answer.ok ? { path, error: null, signedURL: local(signedUrl) } : {
        path,
        error: "Either the object does not exist or you do not have access to it",
        signedURL: null,
      },
    );
  }
  return Response.json(signed);
}

interface Listed {
  name: string;
  [field: string]: unknown;
}

/** One level below the prefix: objects by the rest of their names, folders by name alone. */
async function list(ask: Ask, request: Request): Promise<Response> {
  const wanted = await bodyOf(request);
  const folder = String(wanted.prefix ?? "").replace(/^\/+|\/+$/g, "");
  const prefix = folder === "" ? "" : `${folder}/`;
  const answer = await ask(
    again(request, request.url, { ...wanted, prefix, search: undefined, offset: 0, limit: MOST }),
  );
  if (!answer.ok) return answer; // the key comes first
  if (typeof wanted.prefix !== "string") return unfit("body must have required property 'prefix'");
  const found = new Map<string, Listed>();
  for (const { bucket_id: _, ...object } of await answer.json() as Listed[]) {
    const [name = "", ...deeper] = object.name.slice(prefix.length).split("/");
    if (!name.toLowerCase().includes(String(wanted.search ?? "").toLowerCase())) continue;
    const isFolder = deeper.length > 0;
    const nothing = { id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null };
    if (!found.has(name)) found.set(name, isFolder ? { name, ...nothing } : { ...object, name });
  }
  const from = Number(wanted.offset ?? 0);
  const listed = [...found.values()].slice(from, from + Number(wanted.limit ?? DEFAULT_LIMIT));
  return Response.json(listed);
}

/** What a body that is no object of JSON is read as: nothing. */
async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  const body = await request.json().catch(() => null);
  return body !== null && typeof body === "object" ? body : {};
}

function unfit(message: string, error = "Error"): Response {
  const told = { statusCode: "400", error, message };
  return Response.json(told, { status: 400 });
}

function again(request: Request, url: string, body: unknown): Request {
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(url, { method: "POST", headers, body: JSON.stringify(body) });
}

async function change(
  answer: Response,
  to: (body: Record<string, unknown>) => Record<string, unknown>,
): Promise<Response> {
  if (!answer.ok) return answer;
  return Response.json(to(await answer.json()), { status: answer.status });
}

/** As the platform tells it, without the prefix that clients put before it. */
function local(url: unknown): string {
  return String(url).replace(PREFIX, "");
}
