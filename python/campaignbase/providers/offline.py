"""The analyst that needs no key: label descriptions, keywords, examples and word lists. English first."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from campaignbase.core.keywords import extract_keywords
from campaignbase.core.offline import PreparedVocabulary, analyze_category, analyze_tags
from campaignbase.core.quality import quality
from campaignbase.core.text import beginning, only_beginning
from campaignbase.models import Analysis, AnalysisRequest, LabelChoice
from campaignbase.providers import lists

KEPT_VOCABULARIES = 8
KEYWORDS_SHOWN = 3


class OfflineAnalyst:
    """Implements ports.Analyst."""

    name = "campaignbase-offline-1"
    prompt_version = None

    def __init__(self) -> None:
        self._prepared: dict[str, PreparedVocabulary] = {}  # by workspace

    def estimate(self, requests: Sequence[AnalysisRequest]) -> Decimal:  # noqa: ARG002
        return Decimal(0)

    async def close(self) -> None:
        pass

    async def analyze(self, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        answers = []
        for request in requests:
            await asyncio.sleep(0)  # a signal may be waiting
            answers.append(self._analyze(request))
        return answers

    def _analyze(self, whole: AnalysisRequest) -> Analysis:
        request = replace(whole, text=beginning(whole.text))
        partly = only_beginning(whole.text)
        prepared = self._prepare(request)
        tags, audience = analyze_tags(request.text, request.item, prepared)
        return Analysis(
            category=_with_reasons(_category(request, prepared), partly),
            sentiment=_with_reasons(_sentiment(request.text), partly),
            audience=audience,
            tags=tags,
        )

    def _prepare(self, request: AnalysisRequest) -> PreparedVocabulary:
        workspace = request.item.workspace_id
        known = self._prepared.get(workspace)
        if known is None or known.version != request.vocabulary.version:
            if len(self._prepared) >= KEPT_VOCABULARIES:
                self._prepared.clear()
            known = self._prepared[workspace] = PreparedVocabulary(request.vocabulary)
        return known


def _category(request: AnalysisRequest, prepared: PreparedVocabulary) -> LabelChoice:
    """Where nobody is sure, what the text speaks of: that is what a person will want to know."""
    choice = analyze_category(request.text, request.item, prepared)
    if choice.id is not None:
        return choice
    language = lists.language(request.text)
    known = lists.stopwords(language if language in lists.LANGUAGES else "en")
    phrases = [f"'{phrase}'" for phrase, _ in extract_keywords(request.text, known, KEYWORDS_SHOWN)]
    return _with_reasons(choice, (f"it speaks of {', '.join(phrases)}",) if phrases else ())


def _with_reasons(choice: LabelChoice, more: tuple[str, ...]) -> LabelChoice:
    return replace(choice, reasons=(*choice.reasons, *more)) if more else choice


def _sentiment(text: str) -> LabelChoice:
    """Abstains in a language that the lexicon is not of."""
    if lists.language(text) not in (None, "en"):
        return LabelChoice()
    return lists.sentiment_lexicon().analyze(text)


class OfflineReader:
    """Implements pipeline.labeler.TextReader."""

    def language(self, text: str) -> str | None:
        return lists.language(beginning(text))

    def quality(self, text: str, language: str | None) -> tuple[float | None, dict[str, float] | None]:  # noqa: ARG002
        score, parts = quality(beginning(text))
        return score, None if parts is None else dict(parts)
