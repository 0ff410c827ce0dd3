"""A process that outlives the command that started it: remembered, recognized, stopped."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from campaignbase.errors import UnreachableError

STOP_SECONDS = 5.0


@dataclass(frozen=True)
class Process:
    """A running one; `started` tells it from a later process of the same number."""

    pid: int
    started: float  # seconds since the epoch, as the system says

    def runs(self) -> bool:
        return self._process() is not None

    @classmethod
    def of(cls, pid: int | None) -> "Process":
        """The one of that number now, None for this one."""
        import psutil  # type: ignore[import-untyped]  # comes with the extra `local`

        process = psutil.Process(pid)
        return Process(process.pid, process.create_time())

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """End it, kindly first; False when it had ended already. Raises UnreachableError: it does not end."""
        import psutil

        process = self._process()
        if process is None:
            return False
        try:
            process.terminate()
            process.wait(seconds)
        except psutil.NoSuchProcess:
            return True
        except psutil.TimeoutExpired:
            with suppress(psutil.NoSuchProcess):
                process.kill()
            try:
                process.wait(STOP_SECONDS)
            except psutil.TimeoutExpired:
                # an ended one whose parent has not asked for it yet counts as there, but runs no more
                if self.runs():
                    raise UnreachableError(
                        f"process {self.pid} does not end, not even killed; look at it with: ps -p {self.pid}"
                    ) from None
        return True

    def remember(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def remembered(cls, path: Path) -> Self | None:
        """The one that was running last, whether it still does or not."""
        try:
            return cls(**json.loads(path.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _process(self) -> "psutil.Process | None":  # type: ignore[name-defined] # noqa: F821
        import psutil

        try:
            process = psutil.Process(self.pid)
            if process.create_time() != self.started or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except psutil.NoSuchProcess:
            return None
        return process
