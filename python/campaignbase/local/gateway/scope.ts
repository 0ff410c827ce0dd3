/** A value that holds within a call and all that it awaits. */
export interface Scope<Value> {
  run<Answer>(value: Value, ask: () => Answer): Answer;
  getStore(): Value | undefined;
}

const hooks = "node:async_hooks"; // written out, its types would be asked for, which nobody installs
const { AsyncLocalStorage } = await import(hooks);

export function scope<Value>(): Scope<Value> {
  return new AsyncLocalStorage();
}
