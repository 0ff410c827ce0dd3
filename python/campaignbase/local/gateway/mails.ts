/** Mails as files, `<time>-<recipient>.json`, instead of sent. */
import type { EmailDriver, EmailMessage } from "./lite.ts";
import { scope } from "./scope.ts";

const page = scope<string | null>();
const LINKED = /(?<=[?&]redirect_to=)[^&"\s]*/g;

/** What this request has mailed leads to the page that it names: @supabase/lite links all to the site's own. */
export function forPage<Answer>(request: Request, ask: () => Answer): Answer {
  return page.run(new URL(request.url).searchParams.get("redirect_to"), ask);
}

export class FileMails implements EmailDriver {
  constructor(private readonly folder: string) {}

  async send(message: EmailMessage): Promise<void> {
    await Deno.mkdir(this.folder, { recursive: true });
    const name = `${Date.now()}-${encodeURIComponent(String(message.to))}.json`;
    const text = JSON.stringify(message, (_, part) => typeof part === "string" ? linked(part) : part, 2);
    await Deno.writeTextFile(`${this.folder}/${name}`, text);
  }
}

/** Where the link may lead is checked when it is followed. */
function linked(text: string): string {
  const target = page.getStore();
  return target ? text.replace(LINKED, () => encodeURIComponent(target)) : text;
}
