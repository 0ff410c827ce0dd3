import { supabasePurse } from "../_shared/budget.ts";
import { serviceClient } from "../_shared/clients.ts";
import { readSettings } from "../_shared/env.ts";
import { embedders, systemClock } from "../_shared/openai.ts";
import { type Deps, handle } from "./handler.ts";
import { supabaseQueue } from "./queue.ts";

const settings = readSettings();
const service = serviceClient(settings);
const deps: Deps = {
  secretKeys: settings.secretKeys,
  embedder: embedders(settings)[0] ?? null,
  queue: supabaseQueue(service),
  purse: supabasePurse(service),
  clock: systemClock,
  pause: { until: 0 },
};

export default { fetch: (request: Request) => handle(request, deps) };
