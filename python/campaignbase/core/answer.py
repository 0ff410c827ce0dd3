"""What a model answered, taken whole or not at all: one thing that was not agreed, and nothing of it counts.

Pure. The schema was sent with the question, and no provider keeps all of it: lengths and counts it only
promises, and a text that ends early is no JSON. A tag named twice is the one exception: it is taken once.
What was refused is not repeated in the reason: it may be another workspace's.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal, get_args

from campaignbase.core.prompt import SENTIMENTS, SURENESS, Prompt
from campaignbase.core.text import visible
from campaignbase.models import MAX_MACHINE_TAGS, Analysis, LabelChoice, TagChoice

MAX_BYTES = 16_384  # the longest right answer has a third of that
REASON_CHARACTERS = 200
# what "sure" and "likely" count for; said by a model, measured by nobody
SCORES = {"sure": 0.9, "likely": 0.7, "guess": 0.4}
TAG_SCORES = (0.8, 0.5)  # of the first and of the last of eight

Refusal = Literal[
    "empty",
    "too_large",
    "truncated",
    "refused",
    "not_json",
    "no_object",
    "missing_keys",
    "extra_keys",
    "wrong_type",
    "wrong_slot",
    "too_many_tags",
    "prompt_text",
    "no_answer",
]
REFUSALS: tuple[Refusal, ...] = get_args(Refusal)
GARBAGE: frozenset[Refusal] = frozenset({"no_answer", "too_large"})  # the provider's doing, not the model's


class RefusedError(Exception):
    """Why nothing of an answer is taken: `name` for machines, the message for people."""

    def __init__(self, name: Refusal, message: str) -> None:
        super().__init__(message)
        self.name = name


def read_answer(written: bytes | str, prompt: Prompt) -> Analysis:
    """The labels a model named.

    A guess is no label: the category becomes the candidate that a person is shown.

    Raises:
        RefusedError: it is not the answer that was asked for.
    """
    given = _object(_parsed(written), ("category", "certainty", "category_reason", "tags", "sentiment",
                                       "audience", "audience_reason"), "the answer")  # fmt: skip
    certainty = _one_of(given["certainty"], SURENESS, "certainty")
    category = _slot(given["category"], "c", prompt, "category")
    reason = _reason(given["category_reason"], prompt)
    audience = _slot(given["audience"], "a", prompt, "audience")
    audience_reason = _reason(given["audience_reason"], prompt)
    sentiment = None if given["sentiment"] is None else _one_of(given["sentiment"], SENTIMENTS, "sentiment")
    return Analysis(
        category=_category(category, certainty, reason),
        sentiment=LabelChoice("model", label=sentiment) if sentiment else LabelChoice(),
        audience=LabelChoice("model", reasons=audience_reason, id=audience) if audience else LabelChoice(),
        tags=_tags(given["tags"], prompt),
    )


def _category(category: str | None, certainty: str, reason: tuple[str, ...]) -> LabelChoice:
    score = SCORES[certainty]
    if category is None:
        return LabelChoice(reasons=reason or ("the model found no category that fits",))
    if certainty == "guess":
        return LabelChoice(
            score=score, reasons=(*reason, "the model only guessed, which is no label"), candidate=category
        )
    return LabelChoice("model", score, reason, category)


def _tags(given: Any, prompt: Prompt) -> tuple[TagChoice, ...]:
    if not isinstance(given, list):
        raise RefusedError("wrong_type", f"tags is {_kind(given)}, expected a list")
    if len(given) > MAX_MACHINE_TAGS:
        raise RefusedError("too_many_tags", f"{len(given)} tags, at most {MAX_MACHINE_TAGS} were asked for")
    found: dict[str, str] = {}
    for item in given:
        tag = _object(item, ("tag", "reason"), "a tag")
        key = _slot(tag["tag"], "t", prompt, "a tag")
        if key is None:
            raise RefusedError("wrong_slot", "a tag is null")
        found.setdefault(key, "".join(_reason(tag["reason"], prompt)))
    first, last = TAG_SCORES
    step = (first - last) / (MAX_MACHINE_TAGS - 1)
    return tuple(
        TagChoice(key, "model", round(first - step * place, 3), reason)
        for place, (key, reason) in enumerate(found.items())
    )


def _parsed(written: bytes | str) -> Any:
    size = len(written) if isinstance(written, bytes) else len(written.encode("utf-8", "replace"))
    if size > MAX_BYTES:
        raise RefusedError("too_large", f"{size:,} bytes, at most {MAX_BYTES:,} are read")
    if not written.strip():
        raise RefusedError("empty", "there is no answer in it")
    try:
        return json.loads(written, object_pairs_hook=_once, parse_constant=_not_json)
    except RefusedError:
        raise
    except RecursionError:
        raise RefusedError("not_json", "no JSON: nested too deep") from None
    except ValueError as error:
        raise RefusedError("not_json", f"no JSON: {_clean(str(error))[:80]}") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedError("not_json", "a key is given twice")
    return found


def _not_json(name: str) -> Any:
    raise RefusedError("not_json", f"{name} is no JSON")


def _object(given: Any, keys: tuple[str, ...], what: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise RefusedError("no_object", f"{what} is {_kind(given)}, expected an object")
    missing = [key for key in keys if key not in given]
    if missing:
        raise RefusedError("missing_keys", f"{what} lacks {', '.join(missing)}")
    extra = [key for key in given if key not in keys]
    if extra:
        raise RefusedError("extra_keys", f"{what} has keys that were not asked for")
    return given


def _slot(given: Any, letter: str, prompt: Prompt, what: str) -> str | None:
    """The id it stands for; only what was offered in this question."""
    if given is None:
        return None
    if not isinstance(given, str):
        raise RefusedError("wrong_type", f"{what} is {_kind(given)}, expected a slot")
    if not given.startswith(letter) or given not in prompt.slots:
        raise RefusedError("wrong_slot", f"{what} is no slot that was offered")
    return prompt.slots[given]


def _one_of(given: Any, known: tuple[str, ...], what: str) -> str:
    if not isinstance(given, str):
        raise RefusedError("wrong_type", f"{what} is {_kind(given)}, expected one of {', '.join(known)}")
    if given not in known:
        raise RefusedError("wrong_slot", f"{what} is none of {', '.join(known)}")
    return given


def _reason(given: Any, prompt: Prompt) -> tuple[str, ...]:
    """One line for people; none where nothing is said."""
    if not isinstance(given, str):
        raise RefusedError("wrong_type", f"a reason is {_kind(given)}, expected a text")
    if prompt.nonce in given:
        raise RefusedError("prompt_text", "a reason repeats what only the question says")
    line = _clean(given)
    if len(line) > REASON_CHARACTERS:
        line = f"{line[: REASON_CHARACTERS - 1]}…"
    return (line,) if line else ()


def _clean(text: str) -> str:
    """On one line, without what nobody sees."""
    return " ".join(visible(text).split())


def _kind(given: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(given), "a number")
