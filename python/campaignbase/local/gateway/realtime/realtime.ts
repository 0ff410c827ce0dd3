/** /realtime/v1: sockets that speak the protocol of Supabase Realtime, and broadcasts by HTTP. */
import type { Config } from "../config.ts";
import { Changes } from "./changes.ts";
import { Channel, type Wire } from "./channel.ts";
import { Database } from "./database.ts";
import {
  decode,
  encode,
  encodeBinaryBroadcast,
  FrameError,
  isVsn,
  type Message,
  type Vsn,
} from "./frames.ts";
import { Rooms } from "./rooms.ts";
import { type Identity, Tokens } from "./tokens.ts";

const IDLE_SECONDS = 60;
const ONE_BROADCAST = /\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/;
const MAX_UNSENT_BYTES = 64 * 1024 * 1024; // a client that reads slower than that is let go

export class Realtime {
  #database: Database;
  #rooms = new Rooms();
  #changes: Changes;
  #tokens: Tokens;
  #sockets = new Set<Socket>();

  constructor(config: Config) {
    this.#database = new Database(config);
    this.#changes = new Changes(this.#database);
    this.#tokens = new Tokens(config);
  }

  async fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const key = url.searchParams.get("apikey") ?? request.headers.get("apikey") ?? "";
    const identity = this.#tokens.ofKey(key);
    if (identity === null) {
      return Response.json({ message: key ? "Invalid API key" : "No API key found in request" }, {
        status: 401,
      });
    }
    if (url.pathname.endsWith("/api/broadcast")) return await this.#broadcast(request);
    const [, topic, event] = ONE_BROADCAST.exec(url.pathname) ?? [];
    if (topic !== undefined && event !== undefined) return await this.#say(topic, event, request);
    if (
      !url.pathname.endsWith("/websocket") || request.headers.get("upgrade")?.toLowerCase() !== "websocket"
    ) {
      return Response.json({ message: "not found" }, { status: 404 });
    }
    const vsn = url.searchParams.get("vsn") ?? "1.0.0";
    if (!isVsn(vsn)) return Response.json({ message: `vsn ${vsn} is not known` }, { status: 400 });
    const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: IDLE_SECONDS });
    const served = new Socket(socket, vsn, identity, {
      rooms: this.#rooms,
      changes: this.#changes,
      tokens: this.#tokens,
    });
    this.#sockets.add(served);
    socket.addEventListener("close", () => this.#sockets.delete(served));
    return response;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.#changes.close();
    await this.#database.close();
  }

  /** What both clients send when they have not joined: `{messages: [{topic, event, payload, private}]}`. */
  async #broadcast(request: Request): Promise<Response> {
    const body = await request.json().catch(() => null);
    if (!Array.isArray(body?.messages)) {
      return Response.json({ errors: { messages: ["can't be blank"] } }, { status: 422 });
    }
    for (const { topic, event, payload } of body.messages) {
      this.#rooms.find(`realtime:${topic}`)?.broadcast(String(event), payload);
    }
    return new Response(null, { status: 202 });
  }

  /** What `httpSend` sends: the event's payload to the topic of the path. */
  async #say(topic: string, event: string, request: Request): Promise<Response> {
    if (new URL(request.url).searchParams.get("private") === "true") {
      return Response.json({ message: "private channels are not served here" }, { status: 403 });
    }
    const payload = await request.json().catch(() => undefined);
    if (payload === undefined) return Response.json({ message: "the payload is not JSON" }, { status: 422 });
    this.#rooms.find(`realtime:${decodeURIComponent(topic)}`)?.broadcast(decodeURIComponent(event), payload);
    return new Response(null, { status: 202 });
  }
}

class Socket implements Wire {
  #channels = new Map<string, Channel>();
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly socket: WebSocket,
    private readonly vsn: Vsn,
    readonly identity: Identity,
    private readonly shared: ConstructorParameters<typeof Channel>[1],
  ) {
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.#work = this.#work.then(() => this.#receive(data)).catch((error) =>
        console.error("realtime:", error)
      );
    });
    socket.addEventListener("close", () => {
      for (const channel of this.#channels.values()) channel.leave();
      this.#channels.clear();
    });
    socket.addEventListener("error", () => {}); // a close follows
  }

  send(message: Message): void {
    this.#write(encode(message, this.vsn));
  }

  sendBinaryBroadcast(topic: string, event: string, payload: Uint8Array): void {
    if (this.vsn === "2.0.0") this.#write(encodeBinaryBroadcast(topic, event, payload));
  }

  forget(channel: Channel): void {
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic);
  }

  close(): void {
    this.socket.close(1012, "the server is stopping");
  }

  #write(data: string | Uint8Array): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    if (this.socket.bufferedAmount > MAX_UNSENT_BYTES) this.socket.close(1013, "too slow");
    else this.socket.send(data as string);
  }

  async #receive(data: string | ArrayBuffer): Promise<void> {
    let message: Message;
    try {
      message = decode(data, this.vsn);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof SyntaxError)) throw error;
      return this.socket.close(1003, error.message);
    }
    if (message.topic === "phoenix") return this.#answer(message, "ok", {});
    const channel = this.#channels.get(message.topic);
    if (message.event === "phx_join") return await this.#join(message, channel);
    if (channel === undefined) return this.#answer(message, "error", { reason: "unmatched topic" });
    if (message.event !== "phx_leave") return await channel.handle(message);
    this.#answer(message, "ok", {});
    channel.close();
  }

  async #join(message: Message, before: Channel | undefined): Promise<void> {
    if (!message.topic.startsWith("realtime:")) {
      return this.#answer(message, "error", { reason: "unmatched topic" });
    }
    before?.close();
    const channel = new Channel(this, this.shared, message);
    if (!await channel.join(message)) return;
    this.#channels.set(message.topic, channel);
    if (this.socket.readyState !== WebSocket.OPEN) channel.leave(); // it closed meanwhile
  }

  #answer({ joinRef, ref, topic }: Message, status: "ok" | "error", response: Record<string, unknown>): void {
    this.send({ joinRef, ref, topic, event: "phx_reply", payload: { status, response } });
  }
}
