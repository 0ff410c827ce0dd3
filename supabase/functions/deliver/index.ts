import { serviceClient } from "../_shared/clients.ts";
import { readSettings } from "../_shared/env.ts";
import { type Deps, handle } from "./handler.ts";
import { allowsLocal } from "./local.ts";
import { supabaseQueue } from "./queue.ts";
import { sender } from "./sender.ts";

// the platform's own; elsewhere the process lives on by itself
declare const EdgeRuntime: { waitUntil(work: Promise<unknown>): void } | undefined;

const settings = readSettings();
const deps: Deps = {
  secretKeys: settings.secretKeys,
  queue: supabaseQueue(serviceClient(settings)),
  send: sender({ allowLocal: allowsLocal(settings.url, Deno.env.get("CAMPAIGNBASE_WEBHOOKS_LOCAL")) }),
  clock: {
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  },
  later: (work) => typeof EdgeRuntime === "undefined" ? undefined : EdgeRuntime.waitUntil(work),
};

export default { fetch: (request: Request) => handle(request, deps) };
