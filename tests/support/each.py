"""One test about many things: cheaper than a test a thing, and it names every thing that is wrong."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def each(
    things: Iterable[T], name: Callable[[T], object] = str
) -> Callable[[Callable[[T], None]], Callable[[], None]]:
    """Make a check of one thing a test of them all."""
    found = list(things)

    def over(check: Callable[[T], None]) -> Callable[[], None]:
        def test() -> None:
            assert found, "there is nothing to check"
            wrong = []
            for thing in found:
                try:
                    check(thing)
                except AssertionError as error:
                    wrong.append(f"{name(thing)}: {error}")
            assert not wrong, "\n".join(wrong)

        test.__name__, test.__doc__ = check.__name__, check.__doc__
        return test

    return over
