/** Deliveries as the database hands them out: two RPCs that only the service may call. */
import type { SupabaseClient } from "@supabase/supabase-js";
import { rows } from "../_shared/clients.ts";
import type { Delivery, Result } from "./sender.ts";

export interface Queue {
  claim(batch: number, leaseSeconds: number): Promise<Delivery[]>;
  /** A verdict an answer: accepted, stale. */
  complete(results: Result[]): Promise<string[]>;
}

const WORKER = "deliver";

export function supabaseQueue(client: SupabaseClient): Queue {
  return {
    claim: (batch, lease_seconds) =>
      rows<Delivery[]>(client.rpc("claim_deliveries", { worker: WORKER, batch, lease_seconds })),
    async complete(results) {
      const verdicts = await rows<{ delivery_id: string; verdict: string }[]>(
        client.rpc("complete_deliveries", { results }),
      );
      const found = new Map(verdicts.map(({ delivery_id, verdict }) => [delivery_id, verdict]));
      return results.map(({ delivery_id }) => found.get(delivery_id) ?? "stale");
    },
  };
}
