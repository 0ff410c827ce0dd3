/** Who is present in a room: key -> what each of its members says of itself. Pure: no I/O. */
export interface Meta {
  phx_ref: string;
  [name: string]: unknown;
}

export type State = Record<string, { metas: Meta[] }>;

export interface Diff {
  joins: State;
  leaves: State;
}

export class Presence {
  #members = new Map<object, { key: string; meta: Meta }>();

  state(): State {
    const state: State = {};
    for (const { key, meta } of this.#members.values()) (state[key] ??= { metas: [] }).metas.push(meta);
    return state;
  }

  /** A member says something of itself, instead of what it said before. */
  track(member: object, key: string, payload: Record<string, unknown>): Diff {
    const before = this.#members.get(member);
    const meta: Meta = { ...payload, phx_ref: crypto.randomUUID().slice(0, 8) };
    if (before !== undefined) meta.phx_ref_prev = before.meta.phx_ref;
    this.#members.set(member, { key, meta });
    return { joins: only(key, meta), leaves: before === undefined ? {} : only(before.key, before.meta) };
  }

  /** Null when the member had said nothing. */
  untrack(member: object): Diff | null {
    const before = this.#members.get(member);
    if (before === undefined) return null;
    this.#members.delete(member);
    return { joins: {}, leaves: only(before.key, before.meta) };
  }
}

function only(key: string, meta: Meta): State {
  return { [key]: { metas: [meta] } };
}
