/** What the tests compare with; Deno brings nothing of the kind without the network. */
const OPTIONS = { sorted: true, depth: 100, strAbbreviateSize: 1e9, iterableLimit: 1e9 };

/** Equal as Deno writes them: values, types and lengths, not identity. */
export function equal(found: unknown, expected: unknown): void {
  const [got, wanted] = [Deno.inspect(found, OPTIONS), Deno.inspect(expected, OPTIONS)];
  if (got !== wanted) throw new Error(`expected ${wanted}\n     got ${got}`);
}

export function ok(found: unknown, message: string): asserts found {
  if (!found) throw new Error(message);
}

/** What a call raises, as text; fails when it raises nothing. */
export function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("expected an error, got none");
}

/** What the work raises. */
export async function raised(work: () => unknown): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("expected an error, got none");
}
