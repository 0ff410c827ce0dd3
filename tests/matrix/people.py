"""Who asks: one letter each, in the order of the marks in cells.txt."""

from dataclasses import dataclass, field
from typing import Any


def user_id(letter: str) -> str:
    """Ids of workspace A's people begin like its rows, those of B likewise."""
    home = {"v": "a", "e": "a", "o": "a", "b": "b"}.get(letter, "c")
    return f"{home * 8}-0000-4000-8000-{ord(letter):012x}"


@dataclass(frozen=True)
class Identity:
    letter: str
    meaning: str
    role: str
    claims: dict[str, Any] = field(default_factory=dict, hash=False)  # of the token; empty: none is sent


def _signed_in(letter: str, meaning: str, *, anonymous: bool = False) -> Identity:
    claims = {"sub": user_id(letter), "role": "authenticated", "is_anonymous": anonymous}
    if not anonymous:
        claims["email"] = address(letter)
    return Identity(letter, meaning, "authenticated", claims)


def address(letter: str) -> str:
    return f"{letter}@example.com"


PEOPLE = (
    Identity("n", "no key at all", "anon"),
    Identity("k", "the publishable key alone", "anon", {"role": "anon"}),
    _signed_in("a", "signed in anonymously", anonymous=True),
    _signed_in("p", "signed up, member of nothing; invited to both"),
    _signed_in("v", "viewer of workspace A"),
    _signed_in("e", "editor of workspace A"),
    _signed_in("o", "owner of workspace A"),
    _signed_in("b", "owner of workspace B"),
    Identity("s", "the service role", "service_role", {"role": "service_role"}),
)
LETTERS = "".join(person.letter for person in PEOPLE)
