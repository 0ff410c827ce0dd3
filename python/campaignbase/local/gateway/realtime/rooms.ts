/** Channels of one topic, over all sockets: they hear each other's broadcasts and see who is present. */
import { Presence } from "./presence.ts";

export interface Member {
  readonly wantsPresence: boolean;
  push(event: string, payload: unknown): void;
  pushBroadcast(event: string, payload: unknown): void;
}

export class Room {
  readonly members = new Set<Member>();
  readonly presence = new Presence();

  broadcast(event: string, payload: unknown, except?: Member): void {
    for (const member of this.members) if (member !== except) member.pushBroadcast(event, payload);
  }

  track(member: Member, key: string, payload: Record<string, unknown>): void {
    this.#tell(this.presence.track(member, key, payload));
  }

  untrack(member: Member): void {
    const diff = this.presence.untrack(member);
    if (diff !== null) this.#tell(diff);
  }

  #tell(diff: unknown): void {
    for (const member of this.members) if (member.wantsPresence) member.push("presence_diff", diff);
  }
}

export class Rooms {
  #rooms = new Map<string, Room>();

  /** Null when nobody is in it. */
  find(topic: string): Room | null {
    return this.#rooms.get(topic) ?? null;
  }

  enter(topic: string, member: Member): Room {
    const room = this.#rooms.get(topic) ?? new Room();
    this.#rooms.set(topic, room);
    room.members.add(member);
    return room;
  }

  leave(topic: string, member: Member): void {
    const room = this.#rooms.get(topic);
    if (room === undefined) return;
    room.members.delete(member);
    room.untrack(member);
    if (room.members.size === 0) this.#rooms.delete(topic);
  }
}
