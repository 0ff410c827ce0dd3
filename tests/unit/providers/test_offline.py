"""The analyst that needs no key: it abstains aloud, and judges feelings only in a language it knows."""

from campaignbase.models import AnalysisRequest, Category, ItemContext, Vocabulary
from campaignbase.providers.offline import OfflineAnalyst

OFFER = Category("c-offer", "offer", keywords=("free shipping", "half price"))
VOCABULARY = Vocabulary(1, (OFFER,), (), ())
ITEM = ItemContext("a", "w", {}, frozenset(), frozenset(), (), (), (), (), ())


async def test_analyze_says_what_a_text_speaks_of_when_nobody_is_sure() -> None:
    (analysis,) = await OfflineAnalyst().analyze(
        [AnalysisRequest("The harbor lanterns and the harbor lanterns again", ITEM, VOCABULARY)]
    )

    assert analysis.category.id is None
    assert "it speaks of 'harbor lanterns'" in analysis.category.reasons[-1]


async def test_analyze_names_what_came_nearest_when_nobody_is_sure() -> None:
    near = ItemContext("a", "w", {}, frozenset(), frozenset(), (), (("c-offer", 0.2),), (), (), ())

    (analysis,) = await OfflineAnalyst().analyze([AnalysisRequest("A quiet evening", near, VOCABULARY)])

    assert (analysis.category.id, analysis.category.candidate) == (None, "c-offer")


async def test_analyze_files_by_keywords_and_description() -> None:
    near = ItemContext("a", "w", {}, frozenset(), frozenset(), (), (("c-offer", 0.5),), (), (), ())

    (analysis,) = await OfflineAnalyst().analyze(
        [AnalysisRequest("Free shipping, half price!", near, VOCABULARY)]
    )

    assert (analysis.category.id, analysis.category.source) == ("c-offer", "model")
    assert "free shipping" in analysis.category.reasons[0]


async def test_analyze_judges_no_feeling_in_another_language() -> None:
    german = "Wir freuen uns sehr auf die Messe und auf die vielen Besucher an unserem Stand"

    english, other = await OfflineAnalyst().analyze(
        [AnalysisRequest(text, ITEM, VOCABULARY) for text in ("What a wonderful day, we love it!", german)]
    )

    assert (english.sentiment.label, other.sentiment.label) == ("positive", None)


async def test_analyze_follows_an_edited_vocabulary() -> None:
    near = ItemContext(
        "a", "w", {}, frozenset(), frozenset(), (), (("c-offer", 0.5), ("c-launch", 0.5)), (), (), ()
    )
    launch = Category("c-launch", "launch", keywords=("free shipping", "half price"))
    analyst, text = OfflineAnalyst(), "Free shipping, half price!"

    (before,) = await analyst.analyze([AnalysisRequest(text, near, VOCABULARY)])
    (after,) = await analyst.analyze([AnalysisRequest(text, near, Vocabulary(2, (launch,), (), ()))])

    assert (before.category.id, after.category.id) == ("c-offer", "c-launch")
