/** Mails as files, `<time>-<recipient>.json`, instead of sent. */
import type { EmailDriver, EmailMessage } from "./lite.ts";

export class FileMails implements EmailDriver {
  constructor(private readonly folder: string) {}

  async send(message: EmailMessage): Promise<void> {
    await Deno.mkdir(this.folder, { recursive: true });
    const name = `${Date.now()}-${encodeURIComponent(String(message.to))}.json`;
    await Deno.writeTextFile(`${this.folder}/${name}`, JSON.stringify(message, null, 2));
  }
}
