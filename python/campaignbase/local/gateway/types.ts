/**
 * How Postgres types travel, where @supabase/lite differs from PostgREST: times as ISO 8601, numbers as
 * numbers, and JSON that is already text is passed on as it is (it would arrive encoded twice).
 */
import type { PostgresType } from "postgres";

const TIME = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)?(:\d\d)?$/;
const EXACT_DIGITS = 15;

/** `2026-11-22 21:11:40.77+00` -> `2026-11-22T21:11:40.77+00:00`; what is no such time stays as it is. */
export function isoTime(text: string): string {
  const parts = TIME.exec(text);
  if (parts === null) return text;
  const [, day, time, hours, minutes] = parts;
  return `${day}T${time}${hours === undefined ? "" : hours + (minutes ?? ":00")}`;
}

/** A number where a double holds it exactly enough, else the digits as text. */
export function exactNumber(text: string): number | string {
  const digits = text.replace(/^-/, "").replace(".", "").replace(/^0+/, "");
  return /^-?[\d.]+$/.test(text) && digits.length <= EXACT_DIGITS ? Number(text) : text;
}

function jsonText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

const asIs = (value: unknown): string => String(value);

/** `[0.5,1]` for a list of numbers, as pgvector reads it; a text is passed on. */
export function vectorText(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(",")}]` : String(value);
}

/** For the option `types` of the driver `postgres`; the type of vectors has another number in every database. */
export function driverTypes(vectorOid: number | null): Record<string, PostgresType> {
  if (vectorOid === null) return types;
  return { ...types, vector: { to: vectorOid, from: [vectorOid], serialize: vectorText, parse: asIs } };
}

/** Texts are Postgres's to read: the driver takes every text for false. */
export function booleanText(value: unknown): string {
  return typeof value === "string" ? value : value ? "t" : "f";
}

/** An object is its JSON, as where PostgREST makes a text of it. */
export function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const types: Record<string, PostgresType> = {
  text: { to: 25, from: [25], serialize: textOf, parse: asIs },
  bool: { to: 16, from: [16], serialize: booleanText, parse: (text: string) => text === "t" },
  json: { to: 114, from: [114], serialize: jsonText, parse: JSON.parse },
  jsonb: { to: 3802, from: [3802], serialize: jsonText, parse: JSON.parse },
  numeric: { to: 1700, from: [1700], serialize: asIs, parse: exactNumber },
  timestamp: { to: 1114, from: [1114], serialize: asIs, parse: isoTime },
  timestamptz: { to: 1184, from: [1184], serialize: asIs, parse: isoTime },
};
