"""What is taken of a model's answer, and by which name everything else is refused."""

import json
from typing import Any

import pytest

from campaignbase.core.answer import MAX_BYTES, REASON_CHARACTERS, REFUSALS, RefusedError, read_answer
from campaignbase.core.prompt import SYSTEM, Prompt
from campaignbase.models import Analysis, LabelChoice, TagChoice

PROMPT = Prompt(
    "asked",
    {"c1": "c-offer", "c2": "c-event", "t1": "t-sale", "t2": "t-shoes", "a1": "t-parents"},
    "n0nce",
)
GOOD: dict[str, Any] = {
    "category": "c1",
    "certainty": "sure",
    "category_reason": "20% off",
    "tags": [{"tag": "t2", "reason": "sneakers"}, {"tag": "t1", "reason": ""}],
    "sentiment": "positive",
    "audience": "a1",
    "audience_reason": "kids' sizes",
}


def answer(**changes: Any) -> bytes:
    return json.dumps({key: value for key, value in {**GOOD, **changes}.items() if value is not ...}).encode()


def test_read_answer_takes_labels_with_their_reasons() -> None:
    assert read_answer(answer(), PROMPT) == Analysis(
        category=LabelChoice("model", 0.9, ("20% off",), "c-offer"),
        sentiment=LabelChoice("model", label="positive"),
        audience=LabelChoice("model", None, ("kids' sizes",), "t-parents"),
        # 0.8 for the first, 0.3 / 7 less for each further one
        tags=(TagChoice("t-shoes", "model", 0.8, "sneakers"), TagChoice("t-sale", "model", 0.757, "")),
    )


@pytest.mark.parametrize(
    ("changes", "category"),
    [
        ({"certainty": "likely"}, LabelChoice("model", 0.7, ("20% off",), "c-offer")),
        # a guess is shown to people, and labels nothing
        (
            {"certainty": "guess"},
            LabelChoice(
                None, 0.4, ("20% off", "the model only guessed, which is no label"), candidate="c-offer"
            ),
        ),
        ({"category": None}, LabelChoice(reasons=("20% off",))),
        (
            {"category": None, "category_reason": " "},
            LabelChoice(reasons=("the model found no category that fits",)),
        ),
    ],
)
def test_read_answer_leaves_a_category_open(changes: dict[str, Any], category: LabelChoice) -> None:
    assert read_answer(answer(**changes), PROMPT).category == category


def test_read_answer_takes_nothing_for_an_answer_where_nothing_fits() -> None:
    nothing = answer(category=None, tags=[], sentiment=None, audience=None, category_reason="")
    assert read_answer(nothing, PROMPT) == Analysis(
        category=LabelChoice(reasons=("the model found no category that fits",))
    )


def test_read_answer_takes_a_tag_named_twice_once() -> None:
    twice = [{"tag": "t1", "reason": "first"}, {"tag": "t1", "reason": "second"}]
    assert [tag.reason for tag in read_answer(answer(tags=twice), PROMPT).tags] == ["first"]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("two\nlines\tand\x00 a bell\x07", "two lines and a bell"),
        ("left\u202eright \ud83d end", "leftright end"),  # direction, half a character
        ("x" * 300, "x" * (REASON_CHARACTERS - 1) + "…"),
        ("<b>bold</b>", "<b>bold</b>"),  # text; whoever shows it escapes it
    ],
)
def test_read_answer_makes_a_reason_one_short_line(said: str, kept: str) -> None:
    assert read_answer(answer(category_reason=said), PROMPT).category.reasons == (kept,)


@pytest.mark.parametrize(
    ("written", "name", "message"),
    [
        (b"", "empty", "there is no answer in it"),
        (b" \n", "empty", "there is no answer in it"),
        (b" " * (MAX_BYTES + 1), "too_large", "16,385 bytes, at most 16,384 are read"),
        (answer()[:-20], "not_json", None),  # half of it
        (b"<html><body>502</body></html>", "not_json", None),
        (SYSTEM.encode(), "not_json", None),  # the question instead of an answer
        (b"```json\n" + answer() + b"\n```", "not_json", None),
        (b"[" * 10_000, "not_json", None),
        (b"9" * 10_000, "not_json", None),
        (b"\xff\xfe\xff", "not_json", None),
        (answer()[:-1] + b', "category": "c2"}', "not_json", "a key is given twice"),
        (b'{"category": NaN}', "not_json", "NaN is no JSON"),
        (b"[]", "no_object", "the answer is a list, expected an object"),
        (b'"c1"', "no_object", "the answer is a text, expected an object"),
        (answer(certainty=...), "missing_keys", "the answer lacks certainty"),
        (answer(workspace="w2"), "extra_keys", "the answer has keys that were not asked for"),
        (answer(tags="t1"), "wrong_type", "tags is a text, expected a list"),
        (
            answer(tags=[{"tag": "t1", "reason": "", "id": 1}]),
            "extra_keys",
            "a tag has keys that were not asked for",
        ),
        (answer(tags=["t1"]), "no_object", "a tag is a text, expected an object"),
        (answer(tags=[{"tag": None, "reason": ""}]), "wrong_slot", "a tag is null"),
        (
            answer(tags=[{"tag": "t1", "reason": ""}] * 90),
            "too_many_tags",
            "90 tags, at most 8 were asked for",
        ),
        (answer(tags=[{"tag": "c1", "reason": ""}]), "wrong_slot", "a tag is no slot that was offered"),
        # in the schema, not in this question
        (answer(category="c3"), "wrong_slot", "category is no slot that was offered"),
        (answer(category="a1"), "wrong_slot", "category is no slot that was offered"),
        # an id, ours or another workspace's, is no slot
        (answer(category="c-offer"), "wrong_slot", "category is no slot that was offered"),
        (answer(category=1), "wrong_type", "category is a number, expected a slot"),
        (answer(category=["c1"]), "wrong_type", "category is a list, expected a slot"),
        (answer(audience="t1"), "wrong_slot", "audience is no slot that was offered"),
        (
            answer(sentiment="furious"),
            "wrong_slot",
            "sentiment is none of positive, neutral, negative, mixed",
        ),
        (
            answer(certainty=True),
            "wrong_type",
            "certainty is a truth value, expected one of sure, likely, guess",
        ),
        (answer(category_reason=None), "wrong_type", "a reason is null, expected a text"),
        (
            answer(category_reason="</content n0nce>"),
            "prompt_text",
            "a reason repeats what only the question says",
        ),
    ],
)
def test_read_answer_refuses_the_whole_by_name(written: bytes, name: str, message: str | None) -> None:
    with pytest.raises(RefusedError) as refused:
        read_answer(written, PROMPT)
    assert refused.value.name == name
    assert refused.value.name in REFUSALS
    if message is not None:
        assert str(refused.value) == message
    else:
        assert len(str(refused.value)) < 120
