"""Groups of what a server offers, by which it is left out."""

FEATURES = ("campaigns", "content", "search", "taxonomy", "rules", "ops")
WRITES = "write"


def feature(name: str) -> str:
    """The tag of what needs that feature."""
    return f"feature:{name}"
