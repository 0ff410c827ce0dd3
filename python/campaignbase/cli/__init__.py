"""The command `campaignbase`: reads arguments, calls the rooms, prints. Data on stdout, talk on stderr.

Exit codes: 0 ok, 1 a check failed, 2 bad usage or input, 3 not configured, 4 cannot reach, 130 interrupted.
"""

from campaignbase.cli.app import main, run

__all__ = ["main", "run"]
