"""What a machine chose of a group is cut to its end and filled to its beginning."""

from dataclasses import replace

import pytest

from campaignbase.core.groups import keep_groups
from campaignbase.models import ItemContext, Tag, TagChoice, TagGroup, Vocabulary

TAGS = tuple(
    Tag(f"t-{name}", name, group=group, manual_only=name == "vip")
    for name, group in (
        ("cold", "stage"),
        ("warm", "stage"),
        ("hot", "stage"),
        ("vip", "stage"),
        ("red", None),
    )
)
ITEM = ItemContext("a", "w", None, frozenset(), frozenset(), (), (), (), (), ())
# nearest first
NEAR = (("t-vip", 0.9), ("t-warm", 0.5), ("t-red", 0.4), ("t-cold", 0.3), ("t-hot", -0.1))

# (chosen, best first; of a person; refused by one; removed by a rule; least; most; what is left)
CASES = [
    ("warm hot red", "", "", "", 0, 1, "warm red"),
    ("warm hot red", "", "", "", 0, 2, "warm hot red"),
    ("warm hot red", "", "", "", 0, None, "warm hot red"),
    # a person's takes its place
    ("warm hot red", "cold", "", "", 0, 1, "red"),
    ("cold warm", "cold", "", "", 0, 1, "cold"),
    # what is due is what lies nearest, but for what machines may not give
    ("red", "", "", "", 1, 1, "red warm"),
    ("red", "", "warm", "", 1, 1, "red cold"),
    ("red", "", "", "warm", 1, 1, "red cold"),
    ("red", "hot", "", "", 1, 1, "red"),
    ("hot", "", "", "", 2, 3, "hot warm"),
    ("", "", "cold warm hot", "", 1, 1, ""),
]


def ids(names: str) -> frozenset[str]:
    return frozenset(f"t-{name}" for name in names.split())


@pytest.mark.parametrize(("chosen", "hers", "refused", "removed", "least", "most", "left"), CASES)
def test_keep_groups_has_as_many_as_asked_for(chosen, hers, refused, removed, least, most, left):
    vocabulary = Vocabulary(1, (), TAGS, (), groups=(TagGroup("stage", least, most),))
    item = replace(ITEM, tags=NEAR, human_tags=ids(hers), rejected_tags=ids(refused))
    choices = [TagChoice(f"t-{name}", "model", 0.9, "x") for name in chosen.split()]
    kept = keep_groups(choices, item, vocabulary, ids(removed))
    assert [choice.id for choice in kept] == [f"t-{name}" for name in left.split()]


def test_keep_groups_says_why_and_stays_within_the_limit():
    vocabulary = Vocabulary(1, (), TAGS, (), groups=(TagGroup("stage", 1, 1),))
    choices = [TagChoice(f"t-{number}", "model", 0.9, "x") for number in range(8)]
    kept = keep_groups(choices, replace(ITEM, tags=NEAR), vocabulary)
    assert [choice.id for choice in kept] == [*(f"t-{number}" for number in range(7)), "t-warm"]
    assert kept[-1].score == 0.5
    assert "group 'stage', of which content has at least 1 (similarity 0.50)" in (kept[-1].reason or "")
