/** The table that Python and SQL are held to as well, and the example of docs/webhooks.md. */

export interface UrlCase {
  url: string;
  refused: string | null;
}

export interface SignatureCase {
  name: string;
  secret: string;
  now: number;
  headers: Record<string, string>;
  body: string;
  accepted: boolean;
}

interface Cases {
  messages: Record<string, string>;
  urls: UrlCase[];
  local_urls: UrlCase[];
  addresses: { public: string[]; closed: string[] };
  sign: {
    name: string;
    secrets: string[];
    id: string;
    timestamp: number;
    body: string;
    signature: string;
  }[];
  verify: SignatureCase[];
}

const ROOT = new URL("../../../", import.meta.url);

export const CASES: Cases = JSON.parse(Deno.readTextFileSync(new URL("tests/cases/webhooks.json", ROOT)));

export const SECRET = `whsec_${"0123456789abcdef".repeat(4)}`;

export function refusal(code: string | null): string | null {
  return code === null ? null : CASES.messages[code]!;
}

type Verify = (
  secret: string,
  headers: Record<string, string>,
  body: string | Uint8Array,
  now?: number,
) => string;

/** What the documentation tells receivers to do. */
export async function documentedVerify(): Promise<Verify> {
  const text = await Deno.readTextFile(new URL("docs/webhooks.md", ROOT));
  const example = /```js\n(.*?)```/s.exec(text)![1]!;
  const module = await import(`data:text/javascript,${encodeURIComponent(example)}`);
  return module.verify;
}
