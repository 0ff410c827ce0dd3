"""Which workspace a caller means, remembered for a few seconds: most requests name the same one.

It opens nothing: what a caller may do in it the database decides at each request.
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from campaignbase.models import Workspace

SECONDS = 5.0
MOST = 1000


class KnownWorkspaces:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._found: OrderedDict[tuple[str, str | None], tuple[Workspace, float]] = OrderedDict()

    async def find(
        self, caller: str, name: str | None, look: Callable[[], Awaitable[Workspace]]
    ) -> Workspace:
        """Raises what `look` raises."""
        key = caller, name
        found = self._found.get(key)
        if found is not None and self._clock() < found[1]:
            return found[0]
        workspace = await look()
        if workspace.embedding_model is None:  # its first vector will decide
            self._found.pop(key, None)
            return workspace
        self._found[key] = workspace, self._clock() + SECONDS
        self._found.move_to_end(key)
        if len(self._found) > MOST:
            self._found.popitem(last=False)
        return workspace
