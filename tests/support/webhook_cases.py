"""The table of addresses and signatures, and deliveries forged from a genuine one."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from campaignbase.core.webhook_signature import signed_headers

FILE = Path(__file__).parents[1] / "cases" / "webhooks.json"
CASES: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
MESSAGES: dict[str | None, str] = CASES["messages"]
SECRET = "whsec_" + "0123456789abcdef" * 4
NOW = 1_700_000_000


def shown(case: dict[str, Any]) -> str:
    return ascii(case["url"])[:60]


def named(case: dict[str, Any]) -> str:
    return str(case["name"])


@dataclass(frozen=True)
class Delivery:
    secret: str
    headers: dict[str, str]
    body: bytes
    now: float = NOW


def forgeries(count: int, random: Random) -> tuple[Delivery, list[Delivery]]:
    """A genuine delivery, and others that differ from it in one region each."""
    body = json.dumps(
        {"type": "content.labeled", "data": {"text": "Größe " * 40}}, ensure_ascii=False
    ).encode()
    genuine = Delivery(SECRET, signed_headers([SECRET], "msg_1", NOW, body), body)
    forged = []
    while len(forged) < count:
        case = _forged(genuine, random)
        if case != genuine:
            forged.append(case)
    return genuine, forged


def _forged(genuine: Delivery, random: Random) -> Delivery:
    region = random.choice(
        ["body", "cut", "grown", "webhook-id", "webhook-timestamp", "webhook-signature", "gone"]
    )
    if region == "body":
        place, changed = random.randrange(len(genuine.body)), bytearray(genuine.body)
        changed[place] ^= 1 << random.randrange(8)
        return replace(genuine, body=bytes(changed))
    if region == "cut":
        return replace(genuine, body=genuine.body[: random.randrange(len(genuine.body))])
    if region == "grown":
        return replace(genuine, body=genuine.body + random.randbytes(random.randint(1, 9)))
    name = random.choice(sorted(genuine.headers)) if region == "gone" else region
    if region == "gone":
        return replace(genuine, headers={key: value for key, value in genuine.headers.items() if key != name})
    value = genuine.headers[name]
    place = random.randrange(len(value))
    changed_text = random.choice(
        [
            value[:place] + chr(random.randrange(33, 127)) + value[place + 1 :],
            value[:place] + value[place + 1 :],
            value[:place] + random.choice("éß😀 \u0661") + value[place:],
        ]
    )
    # what is only spelled otherwise is no forgery: another header, a space that splits nothing
    if name == "webhook-signature" and genuine.headers[name] in changed_text.split(" "):
        return genuine
    return replace(genuine, headers={**genuine.headers, name: changed_text})
