/** Status and body of a response, for comparing. */
export async function answer(
  response: Response | Promise<Response>,
): Promise<[number, Record<string, unknown>]> {
  const found = await response;
  return [found.status, await found.json()];
}

export function post(body?: unknown, headers: Record<string, string> = {}): Request {
  const text = typeof body === "string" ? body : body === undefined ? undefined : JSON.stringify(body);
  return new Request("http://functions.test/", { method: "POST", body: text, headers });
}

/** Without what a function tells its log. */
export async function quietly<Result>(work: () => Promise<Result>): Promise<Result> {
  const { error } = console;
  console.error = () => {};
  try {
    return await work();
  } finally {
    console.error = error;
  }
}
