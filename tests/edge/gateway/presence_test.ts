import { Presence } from "../../../python/campaignbase/local/gateway/realtime/presence.ts";
import { equal } from "../support/assert.ts";

Deno.test("members of one key are listed together, a second word replaces the first, untrack removes", () => {
  const presence = new Presence();
  const [phone, laptop] = [{}, {}];
  const joined = presence.track(phone, "ann", { device: "phone" });
  equal(joined.leaves, {});
  equal(joined.joins.ann?.metas.map(({ device }) => device), ["phone"]);
  presence.track(laptop, "ann", { device: "laptop" });
  equal(presence.state().ann?.metas.map(({ device }) => device), ["phone", "laptop"]);

  const changed = presence.track(phone, "ann", { device: "tablet" });
  equal(changed.leaves.ann?.metas[0]?.phx_ref, joined.joins.ann?.metas[0]?.phx_ref);
  equal(changed.joins.ann?.metas[0]?.phx_ref_prev, joined.joins.ann?.metas[0]?.phx_ref);
  equal(presence.state().ann?.metas.map(({ device }) => device), ["tablet", "laptop"]);

  equal(presence.untrack(laptop)?.leaves.ann?.metas.length, 1);
  equal(presence.untrack(laptop), null);
  presence.untrack(phone);
  equal(presence.state(), {});
});
