"""What a refusal of the realtime server asks for: another try, patience, a new token, or nothing any more.

Source: Supabase's list of realtime error codes; a refused join says `<Code>: <text>`.
"""

from enum import Enum


class Advice(Enum):
    RETRY = "retry"
    SLOW_DOWN = "slow down"
    REFRESH = "refresh the token"
    NEVER = "never retry"


_CODES = {
    "InitializingProjectConnection": Advice.RETRY,
    "DatabaseLackOfConnections": Advice.RETRY,
    "UnableToConnectToProject": Advice.RETRY,
    "IncreaseConnectionPool": Advice.RETRY,
    "RealtimeRestarting": Advice.RETRY,
    "ChannelRateLimitReached": Advice.SLOW_DOWN,
    "ConnectionRateLimitReached": Advice.SLOW_DOWN,
    "ClientJoinRateLimitReached": Advice.SLOW_DOWN,
    "DatabaseConnectionRateLimitReached": Advice.SLOW_DOWN,
    "InvalidJWTToken": Advice.REFRESH,
    "MalformedJWT": Advice.NEVER,
    "JwtSignatureError": Advice.NEVER,
    "Unauthorized": Advice.NEVER,
    "TopicNameRequired": Advice.NEVER,
    "TenantNotFound": Advice.NEVER,
    "RealtimeDisabledForTenant": Advice.NEVER,
}
# 404: no such project, or one that is being restored
_STATUSES = {401: Advice.NEVER, 403: Advice.NEVER, 404: Advice.SLOW_DOWN, 429: Advice.SLOW_DOWN}


def of_reason(reason: str) -> Advice:
    """Of a refused join, or of an error on a channel; what is not known is tried again."""
    known = _CODES.get(reason.partition(":")[0].strip())
    if known is not None:
        return known
    return Advice.REFRESH if "token has expired" in reason.lower() else Advice.RETRY


def of_status(status: int) -> Advice:
    """Of the HTTP answer to a connection that was not opened."""
    return _STATUSES.get(status, Advice.RETRY)
