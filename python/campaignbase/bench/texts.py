"""Marketing texts in any number: sentences of the demo content, put together anew. Seeded."""

import json
import random
import re
from importlib import resources

SEED = 20260101


def short_texts(count: int) -> list[str]:
    """Single sentences of 5 to 20 words."""
    sentences = [sentence for sentence in _sentences() if 5 <= len(sentence.split()) <= 20]
    chance = random.Random(SEED)
    return [chance.choice(sentences) for _ in range(count)]


def posts(count: int) -> list[str]:
    """Two to four sentences each; hardly two of them equal."""
    sentences = _sentences()
    chance = random.Random(SEED)
    return [" ".join(chance.sample(sentences, chance.randint(2, 4))) for _ in range(count)]


def _sentences() -> list[str]:
    lines = (resources.files("campaignbase") / "data/demo/assets.jsonl").read_text("utf-8").splitlines()
    texts = (json.loads(line).get("content") or "" for line in lines)
    found = (part.strip() for text in texts for part in re.split(r"(?<=[.!?])\s+", text))
    return list(dict.fromkeys(part for part in found if len(part.split()) >= 4))
