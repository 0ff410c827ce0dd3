"""What is cached where, and for how long: one table."""

from dataclasses import dataclass

MEMORY, REDIS, TABLE = "memory", "redis", "table"
ALL = frozenset({MEMORY, REDIS, TABLE})
MEMORY_ONLY = frozenset({MEMORY})

MINUTE, HOUR, DAY = 60, 3600, 86400
NEGATIVE_SECONDS = 30  # of None: "there is none" is believed for a short time only


@dataclass(frozen=True, slots=True)
class Kind:
    name: str  # cache_entries.cache_type
    seconds: int  # at most; entries live up to a tenth less, so that they do not all end at once
    tiers: frozenset[str]


KINDS = {
    kind.name: kind
    for kind in (
        Kind("embedding", DAY, ALL),
        Kind("ai_analysis", HOUR, ALL),  # category, tags, sentiment and audience: one answer
        Kind("keywords", HOUR, ALL),
        Kind("api_response", 5 * MINUTE, frozenset({MEMORY, REDIS})),  # of publishing services
        Kind("analytics", 30 * MINUTE, ALL),
        Kind("campaign_config", HOUR, MEMORY_ONLY),
        Kind("rules", 5 * MINUTE, MEMORY_ONLY),
        # the shipped embedder computes a vector sooner than a server tells it
        Kind("local_embedding", DAY, MEMORY_ONLY),
    )
}
