import { userVerifier } from "../_shared/auth.ts";
import { supabasePurse } from "../_shared/budget.ts";
import { serviceClient, userClient } from "../_shared/clients.ts";
import { readSettings } from "../_shared/env.ts";
import { embedders, systemClock } from "../_shared/openai.ts";
import { type Deps, handle } from "./handler.ts";
import { supabaseLibrary } from "./library.ts";

const settings = readSettings();
const deps: Deps = {
  verifyUser: userVerifier(settings),
  embedders: embedders(settings),
  purse: supabasePurse(serviceClient(settings)),
  clock: systemClock,
  library: (token) => supabaseLibrary(userClient(settings, token)),
};

export default { fetch: (request: Request) => handle(request, deps) };
