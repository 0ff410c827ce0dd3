"""How long a failed job waits: exponential, full jitter, then dead.

Pure: the random number is given. Source: sql/functions computes the same on the database's clock.
"""

BASE_SECONDS = 2.0
CAP_SECONDS = 900.0
MAX_FAILURES = 5


def longest_delay(failures: int) -> float:
    """Seconds: 2, 4, 8 ... up to 900, after failure 1, 2, 3 ...; ValueError below 1."""
    if failures < 1:
        raise ValueError(f"failures must be at least 1, got {failures}")
    # past 2 ** 10 the cap holds anyway, and a huge exponent would overflow
    return min(CAP_SECONDS, BASE_SECONDS * 2.0 ** min(failures - 1, 10))


def retry_delay(failures: int, random: float) -> float:
    """Seconds to wait after that many failures.

    Args:
        random: 0 <= random < 1; full jitter spreads retries evenly over 0..longest_delay.
    """
    return random * longest_delay(failures)
