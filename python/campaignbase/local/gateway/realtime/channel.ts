/** One joined topic of one socket. */
import type { Changes, Subscriber } from "./changes.ts";
import { BindingError, readBinding } from "./filters.ts";
import type { Message } from "./frames.ts";
import type { Member, Room, Rooms } from "./rooms.ts";
import { expired, type Identity, TokenError, type Tokens } from "./tokens.ts";

const LONGEST_TIMER_MS = 3_600_000;

/** What a channel needs of its socket. */
export interface Wire {
  /** who the key says it is, for channels without a user's token */
  readonly identity: Identity;
  send(message: Message): void;
  sendBinaryBroadcast(topic: string, event: string, payload: Uint8Array): void;
  /** The channel has ended by itself. */
  forget(channel: Channel): void;
}

interface Shared {
  rooms: Rooms;
  changes: Changes;
  tokens: Tokens;
}

type Fields = Record<string, unknown>;

export class Channel implements Member, Subscriber {
  identity: Identity;
  wantsPresence = false;
  readonly topic: string;
  readonly joinRef: string | null;
  readonly #name: string;
  #config: Fields = {};
  #presenceKey = "";
  #room: Room | null = null;
  #expiry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly wire: Wire, private readonly shared: Shared, join: Message) {
    this.topic = join.topic;
    this.joinRef = join.joinRef ?? join.ref;
    this.#name = join.topic.replace(/^realtime:/, "");
    this.identity = wire.identity;
  }

  /** Answer a phx_join; false when it was refused. */
  async join(message: Message): Promise<boolean> {
    const params = fields(message.payload);
    this.#config = fields(params.config);
    try {
      if (this.#name === "") throw new TokenError("TopicNameRequired", "You must provide a topic name");
      await this.#identify(params.access_token ?? params.user_token);
      if (this.#config.private === true) {
        // what a project answers without a policy on realtime.messages
        throw new TokenError(
          "Unauthorized",
          `You do not have permissions to read from this Channel topic: ${this.#name}`,
        );
      }
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      this.#reply(message, "error", { reason: `${error.code}: ${error.message}` });
      return false;
    }
    const presence = fields(this.#config.presence);
    this.wantsPresence = presence.enabled === true;
    this.#presenceKey = typeof presence.key === "string" && presence.key !== ""
      ? presence.key
      : crypto.randomUUID();
    this.#room = this.shared.rooms.enter(this.topic, this);
    const asked = this.#asked();
    this.#reply(message, "ok", {
      postgres_changes: asked.map((params) => ({ ...params, id: bindingId(params) })),
    });
    if (this.wantsPresence) this.push("presence_state", this.#room.presence.state());
    void this.#subscribe();
    return true;
  }

  async handle(message: Message): Promise<void> {
    const payload = fields(message.payload);
    switch (message.event) {
      case "broadcast":
        return this.#broadcast(message, payload);
      case "presence":
        return this.#presence(message, payload);
      case "access_token":
        return await this.#refresh(payload.access_token);
    }
  }

  leave(): void {
    clearTimeout(this.#expiry);
    this.shared.changes.unsubscribe(this);
    this.shared.rooms.leave(this.topic, this);
  }

  /** End with a reason, as the server does when a token has run out. */
  shutdown(reason: string): void {
    this.#system("system", "error", reason);
    this.close();
  }

  close(): void {
    this.leave();
    this.wire.send({
      joinRef: this.joinRef,
      ref: this.joinRef,
      topic: this.topic,
      event: "phx_close",
      payload: {},
    });
    this.wire.forget(this);
  }

  push(event: string, payload: unknown): void {
    this.wire.send({ joinRef: this.joinRef, ref: null, topic: this.topic, event, payload });
  }

  pushBroadcast(event: string, payload: unknown): void {
    if (payload instanceof Uint8Array) this.wire.sendBinaryBroadcast(this.topic, event, payload);
    else this.push("broadcast", { type: "broadcast", event, payload });
  }

  send(ids: number[], data: Fields): void {
    this.push("postgres_changes", { ids, data });
  }

  subscribed(): void {
    this.#system("postgres_changes", "ok", "Subscribed to PostgreSQL");
  }

  #asked(): Fields[] {
    const asked = this.#config.postgres_changes;
    return Array.isArray(asked) ? asked.filter((one) => one !== null).map(fields) : [];
  }

  async #subscribe(): Promise<void> {
    const asked = this.#asked();
    if (asked.length === 0) return;
    try {
      const wanted = asked.map(readBinding);
      await this.shared.changes.subscribe(this, wanted, asked.map(bindingId));
      if (!this.#room?.members.has(this)) this.shared.changes.unsubscribe(this); // it left meanwhile
    } catch (error) {
      if (!(error instanceof BindingError)) console.warn(`realtime: ${this.topic}: ${error}`);
      this.#system("postgres_changes", "error", (error as Error).message);
    }
  }

  /** Take the user's token, or stay who the key says. Raises TokenError. */
  async #identify(token: unknown): Promise<void> {
    const isToken = typeof token === "string" && token !== "" && !token.startsWith("sb_");
    this.identity = isToken ? await this.shared.tokens.verify(token) : this.wire.identity;
    this.#watchExpiry();
  }

  #watchExpiry(): void {
    clearTimeout(this.#expiry);
    const { expires } = this.identity;
    if (expires === null) return;
    const left = expires * 1000 - Date.now();
    this.#expiry = setTimeout(
      () => left > LONGEST_TIMER_MS ? this.#watchExpiry() : this.shutdown(expired(expires).message),
      Math.min(Math.max(left, 0), LONGEST_TIMER_MS),
    );
  }

  async #refresh(token: unknown): Promise<void> {
    if (typeof token !== "string" || token.startsWith("sb_")) return;
    try {
      await this.#identify(token);
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      return this.shutdown(error.message);
    }
    await this.#subscribe();
  }

  #broadcast(message: Message, payload: Fields): void {
    const options = fields(this.#config.broadcast);
    this.#room?.broadcast(String(payload.event), payload.payload, options.self === true ? undefined : this);
    if (options.ack === true) this.#reply(message, "ok", {});
  }

  #presence(message: Message, payload: Fields): void {
    if (payload.event === "track") this.#room?.track(this, this.#presenceKey, fields(payload.payload));
    if (payload.event === "untrack") this.#room?.untrack(this);
    this.#reply(message, "ok", {});
  }

  #system(extension: string, status: "ok" | "error", text: string): void {
    this.push("system", { extension, status, message: text, channel: this.#name });
  }

  #reply(to: Message, status: "ok" | "error", response: Fields): void {
    this.wire.send({
      joinRef: this.joinRef,
      ref: to.ref,
      topic: this.topic,
      event: "phx_reply",
      payload: { status, response },
    });
  }
}

/** The same for the same parameters, whatever their order: what the client finds its binding by. */
export function bindingId(params: Fields): number {
  const text = JSON.stringify(Object.entries(params).sort(([a], [b]) => a < b ? -1 : 1));
  let hash = 7;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) >>> 0;
  return hash % 2 ** 27 + 1;
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Fields : {};
}
