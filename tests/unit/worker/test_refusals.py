"""Every code of the platform gets the answer its documentation asks for."""

import pytest

from campaignbase.worker.refusals import Advice, of_reason, of_status


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("InitializingProjectConnection: starting", Advice.RETRY),
        ("DatabaseLackOfConnections: none left", Advice.RETRY),
        ("UnableToConnectToProject: no answer", Advice.RETRY),
        ("IncreaseConnectionPool: too small", Advice.RETRY),
        ("RealtimeRestarting: back soon", Advice.RETRY),
        ("ChannelRateLimitReached: too many channels", Advice.SLOW_DOWN),
        ("ConnectionRateLimitReached: too many clients", Advice.SLOW_DOWN),
        ("ClientJoinRateLimitReached: too many joins", Advice.SLOW_DOWN),
        ("InvalidJWTToken: Token has expired 42 seconds ago", Advice.REFRESH),
        ("Token has expired 0 seconds ago", Advice.REFRESH),  # as a system message says it
        ("MalformedJWT: not a token", Advice.NEVER),
        ("JwtSignatureError: foreign", Advice.NEVER),
        ("Unauthorized: may not read this topic", Advice.NEVER),
        ("TopicNameRequired: no topic", Advice.NEVER),
        ("TenantNotFound: no such project", Advice.NEVER),
        ("RealtimeDisabledForTenant: switched off", Advice.NEVER),
        ("SomethingNew: of next year", Advice.RETRY),
        ("", Advice.RETRY),
    ],
)
def test_of_reason_follows_the_code(reason: str, advice: Advice) -> None:
    assert of_reason(reason) is advice


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (401, Advice.NEVER),
        (403, Advice.NEVER),
        (404, Advice.SLOW_DOWN),  # a project that is being restored
        (429, Advice.SLOW_DOWN),
        (500, Advice.RETRY),
        (503, Advice.RETRY),
    ],
)
def test_of_status_follows_the_answer_to_the_connection(status: int, advice: Advice) -> None:
    assert of_status(status) is advice
