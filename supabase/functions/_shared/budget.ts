/** What an embedder costs, within the daily budgets of the workspaces whose texts it reads. */
import type { SupabaseClient } from "@supabase/supabase-js";
import { rows } from "./clients.ts";
import { type Bill, bytes, type Embedder, MAX_CALLS, ProviderError } from "./openai.ts";

const KIND = "embedding";
const EXPIRES_SECONDS = 300; // longer than a round
const DAY_MS = 86_400_000;
const UNPAID = "the workspace's daily budget does not pay for it: the vector waits until tomorrow (UTC)," +
  " or for a larger budget (set_daily_budget)";

/** To embed some texts of a workspace, each for so many US dollars at most. */
export interface Wish {
  workspace_id: string;
  kind: string;
  model: string;
  amounts: number[];
}

/** How many of them its budget pays for, from the first on. */
export interface Grant {
  reservation_id: string | null;
  granted: number;
}

export interface Settlement {
  id: string;
  cost: number; // US dollars
}

/** The budgets of all workspaces, which only the service may draw on. */
export interface Purse {
  /** A grant a wish, in order. What is not settled in time counts as spent in full. */
  reserve(wishes: Wish[], seconds: number): Promise<Grant[]>;
  settle(settlements: Settlement[]): Promise<number>;
}

export function supabasePurse(client: SupabaseClient): Purse {
  return {
    async reserve(wanted, expires_seconds) {
      const found = await rows<(Grant & { place: number })[]>(
        client.rpc("reserve_spend", { wanted, expires_seconds }),
      );
      return found.sort((one, other) => one.place - other.place);
    },
    settle: (settlements) => rows<number>(client.rpc("settle_spend", { settlements })),
  };
}

type Owned = { workspace_id: string; text: string };
type Outcome = Float32Array | null | ProviderError;

/** An outcome an item. What no budget pays for is not asked about and waits until budgets begin anew. */
export async function withinBudgets<Item extends Owned>(
  items: Item[],
  embedder: Embedder,
  purse: Purse,
  now: number,
  ask: (items: Item[], bill: Bill) => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const { price } = embedder;
  if (price === null || !items.length) return await ask(items, { tokens: 0 });
  const homes = Map.groupBy(items, (item) => item.workspace_id);
  const wishes: Wish[] = [...homes].map(([workspace_id, owned]) => ({
    workspace_id,
    kind: KIND,
    model: embedder.model,
    // a token is a byte at least, and each call may be billed
    amounts: owned.map(({ text }) => dollars(MAX_CALLS * bytes([text]), price)),
  }));
  const grants = await purse.reserve(wishes, EXPIRES_SECONDS);
  const paid = new Set(
    [...homes.values()].flatMap((owned, place) => owned.slice(0, grants[place]!.granted)),
  );
  const asked = items.filter((item) => paid.has(item));
  const bill = { tokens: 0 };
  try {
    const answered = asked.length ? await ask(asked, bill) : [];
    const found = new Map(asked.map((item, place) => [item, answered[place]!]));
    const unpaid = new ProviderError("unpaid", UNPAID, (DAY_MS - now % DAY_MS) / 1000);
    return items.map((item) => paid.has(item) ? found.get(item)! : unpaid);
  } finally {
    await purse.settle(shared(dollars(bill.tokens, price), wishes, grants));
  }
}

/** The cost in parts as large as what was reserved. */
function shared(cost: number, wishes: Wish[], grants: Grant[]): { id: string; cost: number }[] {
  const weights = grants.map(({ granted }, place) =>
    wishes[place]!.amounts.slice(0, granted).reduce((sum, amount) => sum + amount, 0)
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return grants.flatMap(({ reservation_id }, place) =>
    reservation_id ? [{ id: reservation_id, cost: whole ? cost * weights[place]! / whole : 0 }] : []
  );
}

/** Rounded up to a millionth. */
function dollars(tokens: number, price: number): number {
  return Math.ceil(tokens * price) / 1_000_000;
}
