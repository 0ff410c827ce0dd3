"""When a failed delivery is tried again, and when its endpoint is left alone.

Pure: the random number is given. Source: private.webhook_delay, webhook_tries and webhook_pause in SQL.
"""

MAX_TRIES = 10
# seconds after failure 1, 2, 3 ...: about three days in all
DELAYS = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
MAX_RETRY_AFTER = 86400
AT_ONCE = 4  # leased deliveries of one endpoint
AT_ONCE_FAILING = 1
PAUSE_AFTER = 10  # failures in a row
MAX_PAUSE = 3600.0
GIVE_UP_AFTER_DAYS = 5  # of failures only
KEPT_DAYS = 30  # finished deliveries
OVERLAP_HOURS = 24  # a rotated secret signs on
MAX_OVERLAP_HOURS = 168


def retry_delay(failures: int, random: float, retry_after: float | None = None) -> float:
    """Seconds to wait after that many failures of a delivery.

    Args:
        failures: 1 or more.
        random: 0 <= random < 1; spreads the answer a tenth to both sides.
        retry_after: seconds the receiver asked for; it never waits less, up to a day.
    """
    planned = DELAYS[min(max(failures, 1), len(DELAYS)) - 1] * (0.9 + 0.2 * random)
    return max(planned, min(retry_after or 0.0, MAX_RETRY_AFTER))


def pause(failures: int) -> float | None:
    """Seconds an endpoint is left alone that failed that often in a row; None: not at all."""
    if failures < PAUSE_AFTER:
        return None
    return float(min(MAX_PAUSE, 60.0 * 2 ** min(failures - PAUSE_AFTER, 10)))
