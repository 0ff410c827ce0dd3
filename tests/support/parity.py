"""The same operations on SQLite and on Postgres: what differs, and the shortest sequence that shows it."""

import asyncio
from collections.abc import Sequence

from tests.support import parity_state
from tests.support.parity_engines import Engine, Outcome
from tests.support.parity_operations import Operation


async def differences(sqlite: Engine, postgres: Engine, operations: Sequence[Operation]) -> list[str]:
    """What the engines say or hold that is not alike; [] when nothing."""
    async with asyncio.TaskGroup() as group:
        on_sqlite, on_postgres = (
            group.create_task(_played(engine, operations)) for engine in (sqlite, postgres)
        )
    (mine, my_state), (theirs, their_state) = on_sqlite.result(), on_postgres.result()
    said = [
        f"operation {place}: SQLite {one!r}, Postgres {other!r}"
        for place, (one, other) in enumerate(zip(mine, theirs, strict=True), 1)
        if one != other
    ]
    return said + parity_state.differences(my_state, their_state)


async def _played(
    engine: Engine, operations: Sequence[Operation]
) -> tuple[list[Outcome], parity_state.State]:
    return await engine.run(operations), await engine.state()


async def shrunk(sqlite: Engine, postgres: Engine, operations: Sequence[Operation]) -> list[Operation]:
    """Without every operation that the difference does not need."""
    kept = list(operations)
    changed = True
    while changed:
        changed = False
        for place in reversed(range(len(kept))):
            fewer = kept[:place] + kept[place + 1 :]
            if await differences(sqlite, postgres, fewer):
                kept, changed = fewer, True
    return kept


async def report(sqlite: Engine, postgres: Engine, operations: Sequence[Operation]) -> str:
    kept = await shrunk(sqlite, postgres, operations)
    found = await differences(sqlite, postgres, kept)
    return "\n".join([*(f"{place}. {one}" for place, one in enumerate(kept, 1)), *found])
