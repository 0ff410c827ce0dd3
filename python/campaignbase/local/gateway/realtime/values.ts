/** Values as Postgres writes them -> as `to_jsonb` would. Pure: no I/O. */
import { isoTime } from "../types.ts";

type Json = unknown;

const NUMBERS = new Set(["int2", "int4", "int8", "oid", "float4", "float8", "numeric"]);
const TIMES = new Set(["timestamp", "timestamptz"]);
const DOCUMENTS = new Set(["json", "jsonb"]);

/** `type` is the name in pg_type; an array's begins with an underscore. */
export function toJson(text: string | null, type: string): Json {
  if (text === null) return null;
  if (type.startsWith("_")) return parseArray(text, type.slice(1));
  if (type === "bool") return text === "t";
  if (NUMBERS.has(type)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : text;
  }
  if (DOCUMENTS.has(type)) return JSON.parse(text);
  if (TIMES.has(type)) return isoTime(text);
  return text;
}

/** `{a,"b c",NULL,{d}}` as a list of the elements' values; bounds before it, as in `[0:1]={a,b}`, are dropped. */
function parseArray(text: string, type: string): Json {
  let at = text.indexOf("{") + 1;

  function list(): Json[] {
    const values: Json[] = [];
    while (text[at] !== "}") {
      if (text[at] === ",") at++;
      else values.push(element());
    }
    at++;
    return values;
  }

  function element(): Json {
    if (text[at] === "{") {
      at++;
      return list();
    }
    if (text[at] !== '"') {
      const start = at;
      while (text[at] !== "," && text[at] !== "}") at++;
      const bare = text.slice(start, at);
      return bare === "NULL" ? null : toJson(bare, type);
    }
    let quoted = "";
    for (at++; text[at] !== '"'; at++) {
      if (text[at] === "\\") at++;
      quoted += text[at];
    }
    at++;
    return toJson(quoted, type);
  }

  return list();
}
