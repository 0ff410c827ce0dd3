import type { Clock } from "../../../supabase/functions/_shared/openai.ts";

/** Stands still until slept on. */
export class FakeClock implements Clock {
  slept: number[] = []; // milliseconds of each sleep
  constructor(private moment = Date.UTC(2026, 0, 1)) {}
  now(): number {
    return this.moment;
  }
  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.advance(ms);
    return Promise.resolve();
  }
  advance(ms: number): void {
    this.moment += ms;
  }
}
