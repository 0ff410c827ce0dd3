"""The analyst that needs no key: it abstains aloud, and judges feelings only in a language it knows."""

import asyncio
from dataclasses import replace

from campaignbase.models import AnalysisRequest, Category, ItemContext, Vocabulary
from campaignbase.providers.offline import OfflineAnalyst, OfflineReader

OFFER = Category("c-offer", "offer", keywords=("free shipping", "half price"))
VOCABULARY = Vocabulary(1, (OFFER,), (), ())
ITEM = ItemContext("a", "w", {}, frozenset(), frozenset(), (), (), (), (), ())


async def test_analyze_says_what_a_text_speaks_of_when_nobody_is_sure() -> None:
    assert OfflineAnalyst().estimate([AnalysisRequest("tea", ITEM, VOCABULARY)]) == 0
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


async def test_analyze_reads_the_beginning_of_a_long_text_and_says_so() -> None:
    filler = "zz " * 16_666  # 49,998 characters
    whole, cut = await OfflineAnalyst().analyze(
        [
            AnalysisRequest(filler + "\n\n", ITEM, VOCABULARY),
            AnalysisRequest(filler + "\n\nfree shipping, half price, love", ITEM, VOCABULARY),
        ]
    )

    said = "read: the first 50,000 of 50,031 characters"
    assert cut.category == replace(whole.category, reasons=(*whole.category.reasons, said))
    assert cut.sentiment == replace(whole.sentiment, reasons=(*whole.sentiment.reasons, said))


def test_reader_reads_the_beginning_of_a_long_text() -> None:
    english = "We love the way that you and your team have been with us. "
    german = "Wir freuen uns sehr auf die Messe und auf die vielen Besucher. "
    text = english * 900 + german * 2000  # 52,200 characters of English first

    assert OfflineReader().language(text) == "en"
    assert OfflineReader().quality(text, "en") == OfflineReader().quality(text[:50_000], "en")


async def test_analyze_lets_others_run_between_two_texts() -> None:
    turns: list[str] = []

    async def other() -> None:
        for _ in range(3):
            turns.append("other")
            await asyncio.sleep(0)

    running = asyncio.create_task(other())
    await OfflineAnalyst().analyze([AnalysisRequest("tea", ITEM, VOCABULARY)] * 3)

    assert len(turns) == 3
    await running
