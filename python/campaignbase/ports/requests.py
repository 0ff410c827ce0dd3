"""What the API needs from a database so that a request sent twice is done once."""

from typing import Protocol

from campaignbase.models.requests import Begun

LONGEST_ANSWER = 1_000_000  # characters


class RequestStore(Protocol):
    """Part of every store; on a server each caller has keys of her own.

    Raises everywhere: UnreachableError when the database does not answer.
    """

    async def begin_request(
        self, request_key: str, body_hash: str, owner: str, lease_seconds: int = 120
    ) -> Begun:
        """Of many who ask at once one gets `yours`. Answers are kept for 24 hours.

        Args:
            request_key: at most 100 characters.
            owner: a name that is used once.
        """
        ...

    async def finish_request(self, request_key: str, owner: str, answer: str | None) -> bool:
        """None: nothing was done, it may be sent again. False: too late, somebody else is at it or was."""
        ...
