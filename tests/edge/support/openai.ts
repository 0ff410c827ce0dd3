/** The server of tests/support/fake_openai.py in a process of its own. */

export const KEY = "sk-fake-key";

export interface Fault {
  name: string;
  retry_after?: string;
  seconds?: number;
}

interface Call {
  headers: Record<string, string>;
  body: { model: string; input: string[]; encoding_format: string };
}

export class FakeOpenAI implements AsyncDisposable {
  private constructor(readonly url: string, private readonly process: Deno.ChildProcess) {}

  static async start(): Promise<FakeOpenAI> {
    const process = new Deno.Command(Deno.env.get("PYTHON") ?? ".venv/bin/python", {
      args: ["-m", "tests.support.fake_openai"],
      cwd: new URL("../../../", import.meta.url),
      env: { PYTHONPATH: "python:." },
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    return new FakeOpenAI(new TextDecoder().decode(value).trim(), process);
  }

  /** What the next calls meet, one each; after them all is well. */
  async script(...faults: (string | Fault)[]): Promise<void> {
    const list = faults.map((fault) => typeof fault === "string" ? { name: fault } : fault);
    await this.control("POST", JSON.stringify(list));
  }

  async forget(): Promise<void> {
    await this.control("DELETE");
  }

  async calls(): Promise<Call[]> {
    return JSON.parse(await this.control("GET"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGTERM");
    await this.process.stdout.cancel();
    await this.process.status;
  }

  private async control(method: string, body?: string): Promise<string> {
    const response = await fetch(`${this.url}/control`, { method, body });
    return await response.text();
  }
}
