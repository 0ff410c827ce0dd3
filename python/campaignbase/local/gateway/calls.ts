/** Calls of functions that are to give one row: one that gives another number has done nothing, as with PostgREST. */
import { OBJECT } from "./requests.ts";

interface Options {
  rpc?: { requestHeaders?: Record<string, string> };
}
type Transaction<Door> = <Told>(ask: (door: Door) => Promise<Told>) => Promise<Told>;

/** Thrown out of a transaction, which ends it without a trace. */
class NotOne extends Error {
  constructor(readonly answer: Response) {
    super("not one row");
  }
}

export async function takenBack<Door, Told>(
  run: Transaction<Door>,
  ask: (door: Door) => Promise<Told>,
  options: Options | undefined,
): Promise<Told> {
  if (!options?.rpc?.requestHeaders?.accept?.includes(OBJECT)) return await run(ask);
  try {
    return await run(async (door) => {
      const answer = await ask(door);
      if (answer instanceof Response && !await isOne(answer)) throw new NotOne(answer);
      return answer;
    });
  } catch (error) {
    if (error instanceof NotOne) return error.answer as Told;
    throw error;
  }
}

async function isOne(answer: Response): Promise<boolean> {
  if (!answer.ok) return false;
  const told = await answer.clone().json().catch(() => null);
  return !Array.isArray(told) || told.length === 1;
}
