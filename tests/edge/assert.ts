/** The two assertions the tests need. */
const OPTIONS = { sorted: true, depth: 100, strAbbreviateSize: 1e9, iterableLimit: 1e9 };

/** Equal as Deno writes them: values, types and lengths, not identity. */
export function equal(actual: unknown, expected: unknown): void {
  const [got, wanted] = [Deno.inspect(actual, OPTIONS), Deno.inspect(expected, OPTIONS)];
  if (got !== wanted) throw new Error(`expected ${wanted}\n     got ${got}`);
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
