/** Every form of an address, as tests/cases/webhooks.json has it. */
import { isPublicAddress } from "../../../supabase/functions/deliver/addresses.ts";
import { allowsLocal } from "../../../supabase/functions/deliver/local.ts";
import { targetOf, urlError } from "../../../supabase/functions/deliver/url.ts";
import { equal, message } from "../support/assert.ts";
import { CASES, refusal } from "./cases.ts";

Deno.test("an address is refused in the words of the table, or accepted", () => {
  for (const { url, refused } of CASES.urls) equal([url, urlError(url)], [url, refusal(refused)]);
});

Deno.test("loopback is accepted only where it is allowed", () => {
  for (const { url, refused } of CASES.local_urls) {
    equal([url, urlError(url, true)], [url, refusal(refused)]);
    if (/^http:/i.test(url)) equal([url, urlError(url)], [url, CASES.messages.scheme]);
  }
});

Deno.test("addresses are public or they are not", () => {
  equal(CASES.addresses.public.filter((address) => !isPublicAddress(address)), []);
  equal(CASES.addresses.closed.filter(isPublicAddress), []);
});

Deno.test("the parts of an address keep path and query", () => {
  const parts = (url: string) => Object.values(targetOf(url));
  equal(parts("https://Hooks.Acme.com"), [true, "hooks.acme.com", 443, "/", false]);
  equal(parts("https://hooks.acme.com:443/In?x=1"), [true, "hooks.acme.com", 443, "/In?x=1", false]);
  equal(parts("https://hooks.acme.com?x=/y"), [true, "hooks.acme.com", 443, "/?x=/y", false]);
  equal(parts("http://localhost:9000/x"), [false, "localhost", 9000, "/x", true]);
  equal(message(() => targetOf("http://localhost:99999/")), "port 99999 is above 65535");
});

Deno.test("the switch for loopback is refused where the project is hosted", () => {
  equal(allowsLocal("https://abc.supabase.co", undefined), false);
  equal(allowsLocal("https://abc.supabase.co", "0"), false);
  equal(allowsLocal("http://127.0.0.1:54321", "1"), true);
  equal(allowsLocal("http://kong:8000", "true"), true);
  equal(
    message(() => allowsLocal("https://abc.supabase.co", "1")).startsWith("CAMPAIGNBASE_WEBHOOKS_LOCAL lets"),
    true,
  );
});
