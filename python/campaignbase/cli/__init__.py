"""The command `campaignbase`: reads arguments, calls the rooms, prints. Data on stdout, talk on stderr.

Exit codes: 0 ok, 1 a check failed, 2 bad usage or input, 3 not configured, 4 cannot reach, 130 interrupted.
"""

import sys
from collections.abc import Sequence


def main() -> None:
    """The console script: Ctrl-C while modules are still loading is as quiet as later."""
    try:
        from campaignbase.cli import app
    except KeyboardInterrupt:
        sys.exit(130)
    app.main()


def run(arguments: Sequence[str]) -> int:
    """One command, as `app.run`."""
    from campaignbase.cli import app

    return app.run(arguments)


__all__ = ["main", "run"]
