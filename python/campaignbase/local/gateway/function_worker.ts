/**
 * One edge function on a port of its own. A function hands its handler over as `export default { fetch }` or calls
 * Deno.serve, which here only keeps the handler.
 */
/// <reference lib="deno.worker" />
type Handler = (request: Request, info?: unknown) => Response | Promise<Response>;

const serve = Deno.serve;
let handler: Handler | undefined;

Object.defineProperty(Deno, "serve", {
  value: (first: unknown, second?: unknown) => {
    handler =
      (typeof first === "function" ? first : second ?? (first as { handler?: Handler }).handler) as Handler;
    return { finished: new Promise(() => {}), shutdown: async () => {}, ref: () => {}, unref: () => {} };
  },
});

self.addEventListener("message", async ({ data }: MessageEvent<{ file: string }>) => {
  try {
    const { default: exported } = await import(data.file);
    handler ??= typeof exported === "function" ? exported : exported?.fetch?.bind(exported);
    if (typeof handler !== "function") {
      throw new Error("expected `export default { fetch }` or a call of Deno.serve, found neither");
    }
    const answer = handler;
    serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: ({ port }) => self.postMessage({ port }),
      onError: (error) => {
        console.error(error);
        const told = { code: "WORKER_ERROR", message: "Function exited due to an error (please check logs)" };
        return Response.json(told, { status: 500, headers: { "Access-Control-Allow-Origin": "*" } });
      },
    }, (request, info) => answer(request, info));
  } catch (error) {
    self.postMessage({ error: String(error instanceof Error ? error.stack : error) });
  }
});
