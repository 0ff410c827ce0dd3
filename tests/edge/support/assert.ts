/** What the tests compare with; Deno brings nothing of the kind without the network. */

export function equal(found: unknown, expected: unknown): void {
  if (!same(found, expected)) {
    throw new Error(
      `expected ${Deno.inspect(expected, { depth: 9 })}\n     got ${Deno.inspect(found, { depth: 9 })}`,
    );
  }
}

export function ok(found: unknown, message: string): asserts found {
  if (!found) throw new Error(message);
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

/** undefined and a missing key are one: JSON knows no difference. */
function same(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (one.constructor !== other.constructor) return false;
  const [left, right] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    same(left[key], right[key])
  );
}
