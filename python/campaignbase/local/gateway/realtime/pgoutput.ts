/**
 * The messages of Postgres' decoder `pgoutput`, protocol version 1, as far as changes of rows need them.
 * Pure: no I/O. Source: "Logical Replication Message Formats" of the Postgres documentation.
 */
export interface Relation {
  oid: number;
  schema: string;
  table: string;
  columns: Column[];
}

export interface Column {
  name: string;
  typeOid: number;
  /** part of the replica identity */
  isKey: boolean;
}

/** Values as Postgres writes them, undefined where one was not sent: large and unchanged, or no part of a key. */
export type Tuple = (string | null | undefined)[];

export interface Change {
  type: "INSERT" | "UPDATE" | "DELETE";
  relation: Relation;
  /** milliseconds since 1970 */
  committed: number;
  row: Tuple | null;
  /** the row before: all of it (REPLICA IDENTITY FULL), the key alone, or null when it was not written */
  old: Tuple | null;
  /** whether `old` is the whole row */
  oldIsFull: boolean;
  /** bytes the change took in the stream */
  size: number;
}

const POSTGRES_EPOCH = Date.UTC(2000, 0, 1);

/** Reads a stream of messages; relations are told once and then named by number. */
export class Decoder {
  #relations = new Map<number, Relation>();
  #committed = 0;

  /** The change a message tells of, null for a message about something else. */
  read(bytes: Uint8Array): Change | null {
    const input = new Reader(bytes);
    switch (input.letter()) {
      case "B":
        input.skip(8);
        this.#committed = POSTGRES_EPOCH + Math.floor(Number(input.int64()) / 1000);
        return null;
      case "R":
        this.#learn(input);
        return null;
      case "I": {
        const relation = this.#relation(input.int32());
        input.letter(); // N
        return this.#change("INSERT", relation, bytes.length, input.tuple(), null, false);
      }
      case "U": {
        const relation = this.#relation(input.int32());
        const kind = input.letter(); // K: the old key, O: the old row, N: neither
        const old = kind === "N" ? null : oldTuple(input, relation, kind);
        if (kind !== "N") input.letter();
        return this.#change("UPDATE", relation, bytes.length, input.tuple(), old, kind === "O");
      }
      case "D": {
        const relation = this.#relation(input.int32());
        const kind = input.letter();
        return this.#change(
          "DELETE",
          relation,
          bytes.length,
          null,
          oldTuple(input, relation, kind),
          kind === "O",
        );
      }
      default: // commits, origins, types, truncates
        return null;
    }
  }

  #change(
    type: Change["type"],
    relation: Relation,
    size: number,
    row: Tuple | null,
    old: Tuple | null,
    oldIsFull: boolean,
  ): Change {
    return { type, relation, committed: this.#committed, row, old, oldIsFull, size };
  }

  #learn(input: Reader): void {
    const oid = input.int32();
    const schema = input.text() || "pg_catalog";
    const table = input.text();
    input.skip(1); // replica identity
    const columns: Column[] = [];
    for (let left = input.int16(); left > 0; left--) {
      const isKey = (input.byte() & 1) === 1;
      const name = input.text();
      const typeOid = input.int32();
      input.skip(4); // type modifier
      columns.push({ name, typeOid, isKey });
    }
    this.#relations.set(oid, { oid, schema, table, columns });
  }

  #relation(oid: number): Relation {
    const relation = this.#relations.get(oid);
    if (relation === undefined) throw new Error(`a change of relation ${oid}, which was not described`);
    return relation;
  }
}

/** Of a key alone the other columns come as nulls, which says nothing about them. */
function oldTuple(input: Reader, relation: Relation, kind: string): Tuple {
  const tuple = input.tuple();
  return kind === "O" ? tuple : tuple.map((value, at) => relation.columns[at]?.isKey ? value : undefined);
}

const decoder = new TextDecoder();

class Reader {
  #view: DataView;
  #at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(size: number): void {
    this.#at += size;
  }

  byte(): number {
    return this.#view.getUint8(this.#at++);
  }

  letter(): string {
    return String.fromCharCode(this.byte());
  }

  int16(): number {
    return this.#view.getInt16((this.#at += 2) - 2);
  }

  int32(): number {
    return this.#view.getUint32((this.#at += 4) - 4);
  }

  int64(): bigint {
    return this.#view.getBigInt64((this.#at += 8) - 8);
  }

  text(): string {
    const end = this.bytes.indexOf(0, this.#at);
    const text = decoder.decode(this.bytes.subarray(this.#at, end));
    this.#at = end + 1;
    return text;
  }

  tuple(): Tuple {
    const values: Tuple = [];
    for (let left = this.int16(); left > 0; left--) {
      const kind = this.letter();
      if (kind === "n") values.push(null);
      else if (kind === "u") values.push(undefined);
      else {
        const size = this.int32();
        values.push(decoder.decode(this.bytes.subarray(this.#at, this.#at += size)));
      }
    }
    return values;
  }
}
