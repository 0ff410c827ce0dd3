"""Patterns that make regular expression engines think for years, and the texts that they do it on; seeded."""

import random

_ATOMS = (
    "a",
    "b",
    ".",
    r"\w",
    r"\s",
    "[ab]",
    "[^b]",
    r"\d",
    "aa",
    "(a|a)",
    "(a|aa)",
    "(a|b|ab)",
    r"\W",
    "é",
    r"\b",
)
_LOOPS = ("", "", "+", "*", "?", "{1,3}", "{2,40}", "{0,99}", "{100}", "{9,99}")
_KNOWN = (
    "(a+)+$",
    "(a*)*b",
    "(a|aa)+$",
    "(a|a)*b",
    "(.*a){20}",
    r"^(\w+\s?)*$",
    r"(\s*a\s*)+b",
    "(a?){30}a{30}",
    "(x+x+)+y",
    r"^([a-z]+.)+[A-Z]([a-z])+$",
    ".*.*.*.*.*=.*",
    r"\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\ba",
    r"(\ba|a\b)*b",
    "((a{0,100}){0,100}){0,100}",
    "(a{1,100}){1,100}$",
    "(.{0,50}a){9}b",
    "a*a*a*a*a*a*a*a*a*a*a*b",
    "([ab]|[bc]|[ac]){40}d",
    r"(.|\s)*z$",
)


def pattern(dice: random.Random) -> str:
    if dice.random() < 0.2:
        return dice.choice(_KNOWN)
    return _branch(dice, depth=3) + dice.choice(("", "$", "b", "!", r"\b"))


def _branch(dice: random.Random, depth: int) -> str:
    parts = []
    for _ in range(dice.randint(1, 4)):
        inner = dice.choice(_ATOMS)
        if depth and dice.random() < 0.5:
            inner = f"({'|'.join(_branch(dice, depth - 1) for _ in range(dice.randint(1, 2)))})"
        parts.append(inner + dice.choice(_LOOPS))
    return "".join(parts)


def text(dice: random.Random, longest: int) -> str:
    """One thing again and again, and an end that spoils the match."""
    unit = dice.choice(("a", "ab", "a ", "aé", "x", "0", " ", "a\n", "abc", "=", "a!"))
    return unit * (dice.randint(1, longest) // len(unit)) + dice.choice(
        ("", "!", "b", "z", "\N{GRINNING FACE}")
    )
