"""What speaks for a category is weighed against "none of them", and every number says what it is."""

import pytest

from campaignbase.core.choose import choose_category, weigh_categories
from campaignbase.core.tags import ScoredTag
from campaignbase.models import Category, LabelChoice, Neighbor

OFFERS = Category("c-offers", "offers")
SALE = Category("c-sale", "sale", parent_id=OFFERS.id)
GIVEAWAY = Category("c-giveaway", "giveaway", parent_id=OFFERS.id)
EVENT = Category("c-event", "event")
FAMILY = "giveaway 0.39, sale 0.39, offers 0.02"
BY_ID = {category.id: category for category in (OFFERS, SALE, GIVEAWAY, EVENT)}


def choose(
    *nearest: tuple[Category, float],
    keywords: tuple[ScoredTag, ...] = (),
    neighbors: tuple[Neighbor, ...] = (),
) -> LabelChoice:
    return choose_category(
        weigh_categories(
            categories=BY_ID,
            nearest=[(category.id, similarity) for category, similarity in nearest],
            keywords=keywords,
            neighbors=neighbors,
        )
    )


# logit of a category: 9 * similarity + 3.5 * keywords + 4 * examples; of "none of them": 3.4
@pytest.mark.parametrize(
    ("choice", "label", "score", "reasons"),
    [
        # 1 / (1 + exp(3.4 - 4.5))
        (
            choose((EVENT, 0.5)),
            EVENT,
            0.7503,
            ("near its description (similarity 0.50)", "share of the evidence 0.75 (0.50 suffices)"),
        ),
        # three examples of four: weighed 3 * 0.25 of 3 * 0.25 + 0.25; 1.8 + 1.75 + 3 = 6.55 against 3.4 and 1
        (
            choose(
                (EVENT, 0.2),
                keywords=(ScoredTag(EVENT.id, 0.5, "mentions 'doors'"),),
                neighbors=(
                    *(Neighbor(f"e{place}", EVENT.id, 0.5, False) for place in range(3)),
                    Neighbor("s", SALE.id, 0.5, False),
                ),
            ),
            EVENT,
            0.9554,
            (
                "mentions 'doors'",
                "near its description (similarity 0.20)",
                "share 0.75 of the similar texts that people filed",
                "share of the evidence 0.96 (0.50 suffices)",
            ),
        ),
        # exp(4.05), exp(4.05), exp(0.9) and exp(3.4): 0.39, 0.39, 0.02; nobody alone, the family together
        (
            choose((SALE, 0.45), (GIVEAWAY, 0.45), (OFFERS, 0.1)),
            OFFERS,
            0.7965,
            (
                "near its description (similarity 0.45)",
                f"share of the evidence {FAMILY}, together 0.80: filed under their parent",
            ),
        ),
    ],
)
def test_choose_category_says_what_spoke_for_it(
    choice: LabelChoice, label: Category, score: float, reasons: tuple[str, ...]
) -> None:
    assert (choice.source, choice.id, choice.candidate) == ("model", label.id, None)
    assert choice.score == pytest.approx(score, abs=1e-4)
    assert choice.reasons == reasons


def test_choose_category_names_what_came_nearest_where_nobody_is_sure() -> None:
    choice = choose((EVENT, 0.3), (SALE, 0.1))  # exp(2.7), exp(0.9) and exp(3.4): 0.31, 0.05
    assert (choice.source, choice.id, choice.candidate) == (None, None, EVENT.id)
    assert choice.score == pytest.approx(0.3145, abs=1e-3)
    assert choice.reasons == (
        "nobody was sure: share of the evidence event 0.31, sale 0.05 (0.50 would suffice)",
    )


def test_choose_category_has_nothing_to_choose_from() -> None:
    assert choose() == LabelChoice(reasons=("nothing speaks for any category",))
