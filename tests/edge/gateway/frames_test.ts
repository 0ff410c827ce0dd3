import {
  decode,
  encode,
  encodeBinaryBroadcast,
  isVsn,
} from "../../../python/campaignbase/local/gateway/realtime/frames.ts";
import { equal, message } from "../support/assert.ts";

const JOIN = { joinRef: "1", ref: "2", topic: "realtime:x", event: "phx_join", payload: { config: {} } };

Deno.test("decode reads both serializers", () => {
  const object = { join_ref: "1", ref: "2", topic: "realtime:x", event: "phx_join", payload: { config: {} } };
  equal(decode(JSON.stringify(object), "1.0.0"), JOIN);
  equal(decode(JSON.stringify(["1", "2", "realtime:x", "phx_join", { config: {} }]), "2.0.0"), JOIN);
});

Deno.test("decode fills what a heartbeat leaves out", () => {
  const heartbeat = { topic: "phoenix", event: "heartbeat", ref: 7 };
  const expected = { joinRef: null, ref: "7", topic: "phoenix", event: "heartbeat", payload: {} };
  equal(decode(JSON.stringify(heartbeat), "1.0.0"), expected);
});

Deno.test("encode: an object without join_ref for 1.0.0, an array of five for 2.0.0", () => {
  const reply = { ...JOIN, event: "phx_reply", payload: { status: "ok", response: {} } };
  equal(JSON.parse(encode(reply, "1.0.0")), {
    ref: "2",
    topic: "realtime:x",
    event: "phx_reply",
    payload: { status: "ok", response: {} },
  });
  equal(JSON.parse(encode(reply, "2.0.0")), ["1", "2", "realtime:x", "phx_reply", {
    status: "ok",
    response: {},
  }]);
});

/** kind 3, sizes of join_ref, ref, topic, event, metadata, then the encoding: 0 bytes, 1 JSON */
function push(encoding: number, payload: number[]): ArrayBuffer {
  const header = [3, 1, 2, 10, 4, 0, encoding];
  const text = new TextEncoder().encode("5" + "16" + "realtime:x" + "move");
  return new Uint8Array([...header, ...text, ...payload]).buffer;
}

Deno.test("decode reads a broadcast pushed as a binary frame", () => {
  const common = { joinRef: "5", ref: "16", topic: "realtime:x", event: "broadcast" };
  const json = new TextEncoder().encode('{"ü":1}');
  equal(decode(push(1, [...json]), "2.0.0"), {
    ...common,
    payload: { type: "broadcast", event: "move", payload: { "ü": 1 } },
  });
  equal(decode(push(0, [0, 255]), "2.0.0"), {
    ...common,
    payload: { type: "broadcast", event: "move", payload: new Uint8Array([0, 255]) },
  });
});

Deno.test("encodeBinaryBroadcast: kind 4, sizes in bytes, no metadata, encoding 0", () => {
  const frame = encodeBinaryBroadcast("realtime:é", "go", new Uint8Array([9]));
  equal([...frame.slice(0, 5)], [4, 11, 2, 0, 0]); // é is two bytes
  equal(new TextDecoder().decode(frame.slice(5, 18)), "realtime:égo");
  equal([...frame.slice(18)], [9]);
});

Deno.test("decode refuses what no client sends", () => {
  equal(message(() => decode("{", "1.0.0")), "the frame is not JSON");
  equal(message(() => decode("[]", "2.0.0")), "the frame is no array of five");
  equal(message(() => decode("3", "1.0.0")), "the frame is no object");
  equal(message(() => decode('{"topic":"x"}', "1.0.0")), "the frame names no topic or no event");
  equal(message(() => decode(new ArrayBuffer(9), "1.0.0")), "binary frames need vsn 2.0.0");
  equal(
    message(() => decode(new Uint8Array([9, 0, 0, 0, 0, 0, 0]).buffer, "2.0.0")),
    "binary frames of kind 9 are not known",
  );
});

Deno.test("isVsn knows two versions", () => {
  equal(["1.0.0", "2.0.0", "3.0.0", ""].filter(isVsn), ["1.0.0", "2.0.0"]);
});
