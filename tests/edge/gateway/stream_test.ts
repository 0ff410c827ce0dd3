/** When the stream of changes says that changes arrive. */
import type { Database } from "../../../python/campaignbase/local/gateway/realtime/database.ts";
import { Stream } from "../../../python/campaignbase/local/gateway/realtime/stream.ts";
import { equal } from "../support/assert.ts";

Deno.test("a broken stream is not ready from the moment it broke, not only once it tries again", async () => {
  let broken = false, closed = false;
  const connection = {
    run: () => broken ? Promise.reject(new Error("the server is gone")) : Promise.resolve([]),
    close: () => Promise.resolve(closed = true),
  };
  const database = { connectSlot: () => connection } as unknown as Database;
  const stream = new Stream(database, { changed: () => Promise.resolve(), ready: () => {} });
  stream.want(true);
  while (!stream.isReady) await new Promise((done) => setTimeout(done, 1));
  broken = true;
  while (stream.isReady) await new Promise((done) => setTimeout(done, 1));
  equal(closed, false);
  await stream.close();
  equal(closed, true);
});
