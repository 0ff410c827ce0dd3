/**
 * What a member does, with supabase-js: sign up, insert, be told of the labels, search, upload.
 *
 *     campaignbase stack start --worker        # or a hosted project with a worker
 *     SUPABASE_URL=... SUPABASE_PUBLISHABLE_KEY=... deno run --allow-all --config supabase/deno.json examples/member.ts
 *
 * In a page or Node it is the same but for where the two variables come from.
 */
import { createClient } from "@supabase/supabase-js";

const url = Deno.env.get("SUPABASE_URL")!, key = Deno.env.get("SUPABASE_PUBLISHABLE_KEY")!;
const supabase = createClient(url, key);
const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What was asked for, or the server's refusal thrown. */
async function done<Data>(
  answer: PromiseLike<{ data: Data; error: Error | null }>,
): Promise<NonNullable<Data>> {
  const { data, error } = await answer;
  if (error) throw error;
  return data as NonNullable<Data>;
}

const email = `${crypto.randomUUID()}@example.com`;
const { session } = await done(supabase.auth.signUp({ email, password: "correct horse 42" }));
if (!session) throw new Error("this project wants the address confirmed first");
console.log("signed up");

let arrived: (row: Record<string, unknown>) => void;
const labeled = new Promise<Record<string, unknown>>((resolve) => arrived = resolve);
const channel = supabase.channel("content").on(
  "postgres_changes",
  { event: "UPDATE", schema: "public", table: "content_assets" },
  ({ new: row }) => ["labeled", "review"].includes(row.label_state) && arrived(row),
);
// joined is not live: only the system message says that changes come
await new Promise<void>((live) => channel.on("system", {}, () => live()).subscribe());

const content = "Spring sale: 20% off everything in store, this week only";
const row = await done(
  supabase.from("content_assets").insert({ content }).select("id, workspace_id").single(),
);
console.log("inserted");
console.log(`labeled: ${(await labeled).primary_category}`);

// the nearest to a row we have; a text of your own goes through the edge function semantic-search
const stored = await done(supabase.from("content_assets").select("embedding").eq("id", row.id).single());
const hits = await done(
  supabase.rpc("semantic_search_content", { query_embedding: stored.embedding, match_count: 3 }),
);
console.log(`found: ${JSON.stringify(hits.map((hit: { content: string }) => hit.content))}`);

const path = `${row.workspace_id}/${row.id}/picture.png`;
await done(supabase.storage.from("media").upload(path, picture, { contentType: "image/png" }));
const linked = await supabase.from("content_assets").update({ file_path: path }).eq("id", row.id);
if (linked.error) throw linked.error;
const { signedUrl } = await done(supabase.storage.from("media").createSignedUrl(path, 60));
console.log(`uploaded: ${signedUrl.includes("token=")}`);

await supabase.removeAllChannels();
await supabase.auth.signOut();
console.log("signed out");
Deno.exit();
