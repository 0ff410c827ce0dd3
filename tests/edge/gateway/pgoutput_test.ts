import { Decoder } from "../../../python/campaignbase/local/gateway/realtime/pgoutput.ts";
import { equal, message } from "../support/assert.ts";

type Part = string | number[];

/** A message: a text is its bytes and a zero, an array its bytes as they are. */
function bytes(letter: string, ...parts: Part[]): Uint8Array {
  const encoder = new TextEncoder();
  const body = parts.flatMap((part) => typeof part === "string" ? [...encoder.encode(part), 0] : part);
  return new Uint8Array([letter.charCodeAt(0), ...body]);
}

const int32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const int64 = (value: bigint) => [...int32(Number(value >> 32n)), ...int32(Number(value & 0xffffffffn))];
const letter = (text: string) => [text.charCodeAt(0)];
const value = (
  text: string,
) => [...letter("t"), ...int32(new TextEncoder().encode(text).length), ...new TextEncoder().encode(text)];
const NULL = letter("n");
const UNCHANGED = letter("u");
const tuple = (...values: number[][]) => [0, values.length, ...values.flat()];

const OID = 90_001;
// id uuid (2950), part of the key; body text (25)
const RELATION = bytes(
  "R",
  int32(OID),
  "public",
  "notes",
  letter("d"),
  [0, 2],
  [1],
  "id",
  int32(2950),
  int32(-1),
  [0],
  "body",
  int32(25),
  int32(-1),
);
const NOTES = {
  oid: OID,
  schema: "public",
  table: "notes",
  columns: [{ name: "id", typeOid: 2950, isKey: true }, { name: "body", typeOid: 25, isKey: false }],
};
// one second and 500,400 microseconds after 2000-01-01
const BEGIN = bytes("B", int64(1n), int64(1_500_400n), int32(7));
const COMMITTED = Date.UTC(2000, 0, 1, 0, 0, 1, 500);

function read(...messages: Uint8Array[]) {
  const decoder = new Decoder();
  return [BEGIN, RELATION, ...messages].map((one) => decoder.read(one)).slice(2);
}

Deno.test("an insert carries the new row", () => {
  const insert = bytes("I", int32(OID), letter("N"), tuple(value("a"), value("grüße")));
  equal(read(insert), [{
    type: "INSERT",
    relation: NOTES,
    committed: COMMITTED,
    row: ["a", "grüße"],
    old: null,
    oldIsFull: false,
    size: insert.length,
  }]);
});

Deno.test("an update may carry nothing old, the old key, or the old row; a large unchanged value is left out", () => {
  const update = (...old: number[][]) =>
    bytes("U", int32(OID), ...old, letter("N"), tuple(value("a"), UNCHANGED));
  const [plain, key, full] = read(
    update(),
    update(letter("K"), tuple(value("b"), NULL)),
    update(letter("O"), tuple(value("b"), NULL)),
  );
  equal([plain?.row, plain?.old, plain?.oldIsFull], [["a", undefined], null, false]);
  equal([key?.old, key?.oldIsFull], [["b", undefined], false]); // the null says nothing about the body
  equal([full?.old, full?.oldIsFull], [["b", null], true]);
});

Deno.test("a deletion carries the key or the old row", () => {
  const [key, full] = read(
    bytes("D", int32(OID), letter("K"), tuple(value("a"), NULL)),
    bytes("D", int32(OID), letter("O"), tuple(value("a"), value("x"))),
  );
  equal([key?.type, key?.row, key?.old, key?.oldIsFull], ["DELETE", null, ["a", undefined], false]);
  equal([full?.old, full?.oldIsFull], [["a", "x"], true]);
});

Deno.test("commits, origins, types and truncates tell of no row", () => {
  equal(read(bytes("C", [0]), bytes("O", [0]), bytes("Y", [0]), bytes("T", [0])), [null, null, null, null]);
});

Deno.test("a change of a relation that was not described is an error", () => {
  equal(
    message(() => new Decoder().read(bytes("I", int32(5), letter("N"), tuple()))),
    "a change of relation 5, which was not described",
  );
});
