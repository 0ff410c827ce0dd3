/**
 * A supabase-js client at work: stdin holds {url, key, email, password, workspace}; each line on stdout is one
 * thing it saw, as JSON.
 */
import { createClient, type RealtimeChannel } from "@supabase/supabase-js";

const given = JSON.parse(await new Response(Deno.stdin.readable).text());
const supabase = createClient(given.url, given.key);

function tell(seen: string, value: unknown): void {
  console.log(JSON.stringify([seen, value]));
}

/** Resolves when the server says that changes arrive. */
function live(channel: RealtimeChannel): Promise<void> {
  return new Promise((done, fail) => {
    channel.on("system", {}, ({ status, message }) => status === "ok" ? done() : fail(new Error(message)));
    channel.subscribe((status, error) => error ? fail(error) : tell("status", status));
  });
}

const signedIn = await supabase.auth.signInWithPassword({ email: given.email, password: given.password });
tell("user", signedIn.data.user?.email ?? signedIn.error?.message);

let arrived: (row: Record<string, unknown>) => void;
const row = new Promise<Record<string, unknown>>((done) => arrived = done);
const filter = `workspace_id=eq.${given.workspace}`;
const assets = supabase.channel("assets").on(
  "postgres_changes",
  { event: "INSERT", schema: "public", table: "content_assets", filter, select: ["content", "tags"] },
  (change) => arrived(change.new),
);
await live(assets);
const inserted = await supabase.from("content_assets")
  .insert({ workspace_id: given.workspace, content: "From a page", tags: ["web"] }).select(
    "id,campaigns(name)",
  ).single();
tell("inserted", inserted.error ?? inserted.data?.id);
tell("change", await row);

// as a page has it: a File, which is sent as a form
const picture = new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47])], "any.png", { type: "image/png" });
const media = supabase.storage.from("media"), folder = `${given.workspace}/${inserted.data?.id}`;
const uploaded = await media.upload(`${folder}/a.png`, picture, { cacheControl: "60" });
const later = await media.createSignedUploadUrl(`${folder}/b.png`);
await media.uploadToSignedUrl(`${folder}/b.png`, later.data!.token, picture);
await media.update(`${folder}/a.png`, new Blob([picture, picture], { type: "image/png" }));
const files = await media.list(folder);
tell(
  "uploaded",
  uploaded.error ?? files.data?.map(({ name, metadata: of }) => [name, of?.size, of?.mimetype]),
);
tell(
  "refused",
  (await media.upload(`${folder}/c.png`, new File(["<html>"], "c.png", { type: "text/html" }))).error
    ?.statusCode,
);

tell("exists", [
  (await media.exists(`${folder}/a.png`)).data,
  (await media.exists(`${folder}/none.png`)).data,
]);

const heard = new Promise((done) => {
  const room = supabase.channel("room", { config: { broadcast: { self: true, ack: true } } });
  room.on("broadcast", { event: "move" }, ({ payload }) => done(payload));
  room.subscribe(async (status) => {
    if (status !== "SUBSCRIBED") return;
    tell("sent", await room.send({ type: "broadcast", event: "move", payload: { ü: 1 } }));
  });
});
tell("broadcast", await heard);
tell(
  "called",
  (await supabase.rpc("preview_rule", { conditions: { contains_keyword: "page" } })).data?.length,
);
await supabase.removeAllChannels();
tell("signed out", (await supabase.auth.signOut()).error);
Deno.exit(0); // the socket lingers for a while
