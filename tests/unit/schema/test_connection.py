"""How a connection that cannot be made is told."""

import pytest

from campaignbase.errors import UnreachableError
from campaignbase.schema.connection import connect, without_password


def test_connect_names_the_target_without_its_password() -> None:
    with pytest.raises(UnreachableError) as caught:
        connect("postgresql://ada:s3cret@127.0.0.1:1/shop")
    assert str(caught.value).startswith("cannot connect to postgresql://ada@127.0.0.1:1/shop: ")
    assert "s3cret" not in str(caught.value)


URLS = [
    ("postgresql://a:b@h:1/d?x=1", "postgresql://a@h:1/d?x=1"),
    ("postgresql://a:p%40q@h/d", "postgresql://a@h/d"),
    ("postgresql://a@h/d", "postgresql://a@h/d"),
    ("postgresql://:b@h/d", "postgresql://@h/d"),
]


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_without_password(url: str, expected: str) -> None:
    assert without_password(url) == expected
