/**
 * Phoenix frames, both serializers of Supabase Realtime: vsn 1.0.0 (JSON objects, supabase-py) and vsn 2.0.0
 * (JSON arrays, and binary frames for broadcasts, supabase-js). Pure: no I/O.
 */
export type Vsn = "1.0.0" | "2.0.0";

export interface Message {
  /** which join of the topic it belongs to */
  joinRef: string | null;
  /** of the client's message that this one answers, null when it answers none */
  ref: string | null;
  topic: string;
  event: string;
  payload: unknown;
}

export class FrameError extends Error {}

const USER_BROADCAST_PUSH = 3;
const USER_BROADCAST = 4;
const BINARY = 0;
const JSON_TEXT = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function isVsn(text: string): text is Vsn {
  return text === "1.0.0" || text === "2.0.0";
}

/** Raises FrameError on what no client of that serializer sends. */
export function decode(data: string | ArrayBuffer, vsn: Vsn): Message {
  if (typeof data !== "string") {
    if (vsn === "1.0.0") throw new FrameError("binary frames need vsn 2.0.0");
    return decodeBroadcastPush(new Uint8Array(data));
  }
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    throw new FrameError("the frame is not JSON");
  }
  const parts = vsn === "2.0.0" ? fromArray(value) : fromObject(value);
  const [joinRef, ref, topic, event, payload] = parts;
  if (typeof topic !== "string" || typeof event !== "string") {
    throw new FrameError("the frame names no topic or no event");
  }
  return { joinRef: asRef(joinRef), ref: asRef(ref), topic, event, payload: payload ?? {} };
}

export function encode({ joinRef, ref, topic, event, payload }: Message, vsn: Vsn): string {
  return JSON.stringify(
    vsn === "2.0.0" ? [joinRef, ref, topic, event, payload] : { ref, topic, event, payload },
  );
}

/** A broadcast whose payload is bytes, which only vsn 2.0.0 can carry. */
export function encodeBinaryBroadcast(topic: string, event: string, payload: Uint8Array): Uint8Array {
  const [topicBytes, eventBytes] = [encoder.encode(topic), encoder.encode(event)];
  const header = [USER_BROADCAST, topicBytes.length, eventBytes.length, 0, BINARY];
  return new Uint8Array([...header, ...topicBytes, ...eventBytes, ...payload]);
}

function decodeBroadcastPush(bytes: Uint8Array): Message {
  const [kind, joinRefSize, refSize, topicSize, eventSize, metadataSize, encoding] = bytes;
  if (kind !== USER_BROADCAST_PUSH || encoding === undefined) {
    throw new FrameError(`binary frames of kind ${kind} are not known`);
  }
  let offset = 7;
  const next = (size: number | undefined) => decoder.decode(bytes.subarray(offset, offset += size ?? 0));
  const joinRef = next(joinRefSize);
  const ref = next(refSize);
  const topic = next(topicSize);
  const event = next(eventSize);
  next(metadataSize);
  const rest = bytes.slice(offset);
  const payload = encoding === JSON_TEXT ? JSON.parse(decoder.decode(rest)) : rest;
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: { type: "broadcast", event, payload },
  };
}

function fromArray(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length !== 5) throw new FrameError("the frame is no array of five");
  return value;
}

function fromObject(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) throw new FrameError("the frame is no object");
  const { join_ref, ref, topic, event, payload } = value as Record<string, unknown>;
  return [join_ref, ref, topic, event, payload];
}

function asRef(value: unknown): string | null {
  return value === undefined || value === null ? null : String(value);
}
