/** Objects of the storage as files: FOLDER/<bucket>/<sha256 of the key>, with what is known of them beside it. */
import type { StorageAdapter } from "./lite.ts";

interface Facts {
  key: string;
  mimetype: string;
  cacheControl: string;
  eTag: string;
}

export class FileObjects implements StorageAdapter {
  readonly driver = null;

  constructor(private readonly folder: string) {}

  async uploadObject(
    bucket: string,
    key: string,
    _version: string | undefined,
    body: ReadableStream | Uint8Array,
    mimetype: string,
    cacheControl: string,
  ) {
    // a key may be longer than a file name, and may hold what no file name may
    const path = await this.#path(bucket, key);
    const bytes = new Uint8Array(await new Response(body as BodyInit).arrayBuffer());
    const facts: Facts = { key, mimetype, cacheControl, eTag: `"${await digest("SHA-256", bytes)}"` };
    await Deno.mkdir(`${this.folder}/${encodeURIComponent(bucket)}`, { recursive: true });
    await Deno.writeFile(path, bytes);
    await Deno.writeTextFile(`${path}.json`, JSON.stringify(facts));
    return await this.headObject(bucket, key);
  }

  async getObject(
    bucket: string,
    key: string,
    _version?: string,
    headers?: { ifNoneMatch?: string; range?: string },
  ) {
    const metadata = await this.headObject(bucket, key);
    if (headers?.ifNoneMatch === metadata.eTag) return { metadata, httpStatusCode: 304 };
    const file = await Deno.open(await this.#path(bucket, key));
    return { metadata, httpStatusCode: 200, body: file.readable };
  }

  async headObject(bucket: string, key: string, _version?: string) {
    const path = await this.#path(bucket, key);
    const [stat, text] = await Promise.all([Deno.stat(path), Deno.readTextFile(`${path}.json`)]);
    const { mimetype, cacheControl, eTag } = JSON.parse(text) as Facts;
    return {
      mimetype,
      cacheControl,
      eTag,
      contentLength: stat.size,
      size: stat.size,
      lastModified: stat.mtime ?? undefined,
      httpStatusCode: 200,
    };
  }

  async copyObject(
    bucket: string,
    key: string,
    _version: string | undefined,
    toBucket: string,
    toKey: string,
    _toVersion: string | undefined,
  ) {
    const { mimetype, cacheControl } = await this.headObject(bucket, key);
    const bytes = await Deno.readFile(await this.#path(bucket, key));
    const made = await this.uploadObject(toBucket, toKey, undefined, bytes, mimetype, cacheControl);
    return { httpStatusCode: 200, eTag: made.eTag, lastModified: made.lastModified };
  }

  async deleteObject(bucket: string, key: string, _version?: string): Promise<void> {
    const path = await this.#path(bucket, key);
    for (const one of [path, `${path}.json`]) await Deno.remove(one).catch(ignoreMissing);
  }

  async deleteObjects(bucket: string, keys: string[]): Promise<void> {
    for (const key of keys) await this.deleteObject(bucket, key);
  }

  async privateAssetUrl(bucket: string, key: string, _version?: string): Promise<string> {
    return `file://${await this.#path(bucket, key)}`;
  }

  async #path(bucket: string, key: string): Promise<string> {
    const name = await digest("SHA-256", new TextEncoder().encode(key));
    return `${this.folder}/${encodeURIComponent(bucket)}/${name}`;
  }
}

async function digest(algorithm: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
