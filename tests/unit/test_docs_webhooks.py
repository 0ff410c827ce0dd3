"""The receiver that docs/webhooks.md tells people to write, in Python."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.webhook_cases import CASES, forgeries, named

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"


@pytest.fixture(scope="module")
def verify() -> Any:
    example = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    names: dict[str, Any] = {}
    exec(compile(example[1], str(DOCUMENT), "exec"), names)
    return names["verify"]


@pytest.mark.parametrize("case", CASES["verify"], ids=named)
def test_the_documented_receiver_accepts_and_refuses_as_the_table_says(verify: Any, case: Any) -> None:
    arguments = (case["secret"], case["headers"], case["body"].encode(), case["now"])
    if case["accepted"]:
        assert verify(*arguments) == case["headers"]["webhook-id"]
    else:
        with pytest.raises(ValueError, match=r"^(not|too|no) "):
            verify(*arguments)


def test_the_documented_receiver_refuses_2000_forgeries(verify: Any) -> None:
    genuine, forged = forgeries(2000, random.Random(20260102))
    assert verify(genuine.secret, genuine.headers, genuine.body, genuine.now) == "msg_1"
    accepted = []
    for case in forged:
        try:
            verify(case.secret, case.headers, case.body, case.now)
            accepted.append(case)
        except ValueError:
            pass
    assert accepted == []
