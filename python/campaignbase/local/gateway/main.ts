/** One port for what a Supabase project opens under its URL; started by `campaignbase stack start`. */
import { askAuth } from "./auth.ts";
import { readConfig } from "./config.ts";
import { reachable } from "./errors.ts";
import { Embeddings } from "./embeddings.ts";
import { defaults, environment, Functions } from "./functions.ts";
import { forPage } from "./mails.ts";
import { forPages, inPage, preflight } from "./pages.ts";
import { Realtime } from "./realtime/realtime.ts";
import { askRest } from "./rest.ts";
import { startServices } from "./services.ts";
import { askStorage } from "./storage.ts";

const config = await readConfig(() => Deno.exit(1)); // nobody would end it
const services = await startServices(config);
const realtime = new Realtime(config);
const functions = new Functions(config.functions, config.jwtSecret);
const embeddings = new Embeddings(config);
for (const [name, value] of Object.entries(environment(config))) Deno.env.set(name, value);
for (const [name, value] of Object.entries(defaults(config))) {
  if (!Deno.env.get(name)) Deno.env.set(name, value);
}

async function route(request: Request): Promise<Response> {
  if (new URL(request.url).pathname.startsWith("/functions/v1/")) return await functions.fetch(request);
  return preflight(request) ?? forPages(inPage(request, config.secretKey) ?? await serve(request));
}

async function serve(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname;
  if (path.startsWith("/rest/v1")) {
    const ask = (read: Request) => services.rest.fetch(read);
    return await reachable("rest", () => askRest(ask, request, services.catalogue));
  }
  if (path.startsWith("/auth/v1")) {
    const ask = (read: Request) => services.auth.fetch(read);
    const asked = async () => await services.admin.fetch(request) ?? await askAuth(ask, request);
    return await reachable("auth", () => forPage(request, asked));
  }
  if (path.startsWith("/storage/v1")) {
    return await reachable("storage", () => askStorage(services.storage.fetch, request));
  }
  if (path.startsWith("/realtime/v1")) return await realtime.fetch(request);
  if (path.startsWith("/embeddings/v1/")) return await embeddings.fetch(request);
  if (path === "/health") {
    const { starts, ended } = config;
    return Response.json({ status: "ok", pid: Deno.pid, supervisor: Deno.ppid, starts, ended });
  }
  return Response.json({ message: "no Route matched with those values" }, { status: 404 });
}

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: config.port,
  onListen: ({ port }) => console.log(`listening on 127.0.0.1:${port}`),
  onError: (error) => {
    console.error(error);
    return forPages(Response.json({ message: "Internal Server Error" }, { status: 500 }));
  },
}, route);

let stopping = false;
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.addSignalListener(signal, async () => {
    if (stopping) return;
    stopping = true;
    await Promise.all([realtime.close(), functions.close(), embeddings.close()]);
    await Promise.all([server.shutdown(), services.close()]);
    Deno.exit(0);
  });
}
// one request that goes wrong where nobody waits for it is not the end of the others
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error("unhandled:", event.reason);
});
