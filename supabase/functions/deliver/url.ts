/**
 * Which addresses an endpoint may have: the words and the order of private.webhook_url_error in SQL and of
 * campaignbase.core.webhook_url. All three are held to tests/cases/webhooks.json.
 */

const SENDABLE = /^[!-~]*$/;
const MUST_BE_ENCODED = /["<>\\^`{|}]/;
const LOCAL = /^https?:\/\/(localhost|127[.]0[.]0[.]1)(:[0-9]{1,5})?([/?][^#]*)?$/i;
const AUTHORITY = /^[^/]*\/\/([^/?#]*)/;
const HOST = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;
// names that no public directory of names answers for (RFC 6761, 6762, 7686, 9476), or never will
const LOCAL_NAMES = new Set(
  ("alt arpa corp example home internal intranet invalid lan local localdomain localhost onion private test")
    .split(" "),
);

export interface Target {
  secure: boolean;
  /** lower case */
  host: string;
  port: number;
  /** with its query, never empty */
  path: string;
  /** loopback is meant */
  local: boolean;
}

/** Why an address is refused; null when it is fine. `allowLocal`: loopback too, for development. */
export function urlError(url: string, allowLocal = false): string | null {
  if (url.length > 2000) return "url: longer than 2000 characters";
  if (!SENDABLE.test(url) || MUST_BE_ENCODED.test(url)) {
    return "url: holds a space, a backslash or another character that must be encoded";
  }
  if (allowLocal && LOCAL.test(url)) return null;
  if (!/^https:\/\//i.test(url)) return "url: must start with https://";
  if (url.includes("#")) return "url: holds a fragment (#), which is never sent; leave it out";
  const authority = authorityOf(url);
  if (authority.includes("@")) return "url: holds a user name or password before @; leave it out";
  if (/^[^[]*:/.test(authority) && !/^[^:]*:443$/.test(authority)) {
    return "url: names another port than 443; leave it out";
  }
  const host = authority.replace(/:443$/, "");
  if (host.length > 253 || !HOST.test(host) || LOCAL_NAMES.has(host.slice(host.lastIndexOf(".") + 1))) {
    return "url: the host must be a public name like hooks.example.com, not an address or a local name";
  }
  return null;
}

/** The parts of an address that `urlError` accepts; throws when they cannot be read. */
export function targetOf(url: string): Target {
  const secure = /^https:/i.test(url);
  const authority = authorityOf(url);
  const [host = "", named] = authority.split(":");
  const port = named === undefined ? (secure ? 443 : 80) : Number(named);
  if (port > 65535) throw new Error(`port ${port} is above 65535`);
  const rest = url.slice(url.indexOf("//") + 2 + authority.length);
  return { secure, host, port, path: rest.startsWith("/") ? rest : `/${rest}`, local: LOCAL.test(url) };
}

function authorityOf(url: string): string {
  return AUTHORITY.exec(url)?.[1]?.toLowerCase() ?? "";
}
