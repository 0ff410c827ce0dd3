import { askAuth } from "../../../python/campaignbase/local/gateway/auth.ts";
import { equal } from "../support/assert.ts";

const VERIFY = "http://x/auth/v1/verify";

// [what a client asks, what @supabase/lite is given]
const CASES: [string, unknown, string, unknown][] = [
  [VERIFY, { type: "email", token_hash: "h" }, VERIFY, { type: "magiclink", token_hash: "h" }],
  [VERIFY, { type: "recovery", token_hash: "h" }, VERIFY, { type: "recovery", token_hash: "h" }],
  [VERIFY, "nonsense", VERIFY, "nonsense"],
  [VERIFY, null, VERIFY, null],
  ["http://x/auth/v1/resend", { type: "email" }, "http://x/auth/v1/resend", { type: "email" }],
];

for (const [url, body, asked, given] of CASES) {
  Deno.test(`askAuth: ${url} ${JSON.stringify(body)}`, async () => {
    const sent = new Request(url, { method: "POST", body: JSON.stringify(body) });
    const seen: unknown[] = [];
    await askAuth(async (request) => {
      seen.push(request.url, await request.json());
      return new Response("{}");
    }, sent);
    equal(seen, [asked, given]);
  });
}

Deno.test("askAuth follows a link of the type email, and leaves a body that is no JSON", async () => {
  const seen: string[] = [];
  const ask = async (request: Request) => {
    seen.push(request.url, await request.text());
    return new Response(null, { status: 303 });
  };
  equal((await askAuth(ask, new Request(`${VERIFY}?token=h&type=email`))).status, 303);
  await askAuth(ask, new Request(VERIFY, { method: "POST", body: "{" }));
  equal(seen, [`${VERIFY}?token=h&type=magiclink`, "", VERIFY, "{"]);
});

Deno.test("askAuth says in the form of its errors what is not there", async () => {
  const none = () => Promise.resolve(new Response("404 Not Found", { status: 404 }));
  const answer = await askAuth(none, new Request("http://x/auth/v1/factors", { method: "POST" }));
  const { msg, ...told } = await answer.json();
  equal([answer.status, told], [404, { code: 404, error_code: "not_found" }]);
  equal(msg.startsWith("the offline stack has no /auth/v1/factors"), true);
});
