"""What an analyst answers about one text, and what that took. Plain data, no I/O."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from campaignbase.models.budget import Fallback

Source = Literal["rule", "reuse", "neighbor", "trained", "model", "human"]


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """What to say of a field: `id` of a category or audience, `label` of a sentiment; neither: abstained."""

    source: Source | None = None
    score: float | None = None  # 0..1
    reasons: tuple[str, ...] = ()
    id: str | None = None
    label: str | None = None
    candidate: str | None = None  # id of the category that came nearest when nobody was sure
    rule_id: str | None = None  # of source rule
    head_version: int | None = None  # of source trained


@dataclass(frozen=True, slots=True)
class TagChoice:
    id: str
    source: Source
    score: float  # 0..1
    reason: str
    rule_id: str | None = None  # of source rule


@dataclass(frozen=True, slots=True)
class Failure:
    message: str
    permanent: bool = False
    retry_after: float | None = None  # seconds; such a failure costs no attempt


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; each is counted once."""

    input: int = 0  # read neither from its cache nor into it
    cached: int = 0  # read from it
    written: int = 0  # read into it
    output: int = 0


@dataclass(frozen=True, slots=True)
class Analysis:
    category: LabelChoice = LabelChoice()
    sentiment: LabelChoice = LabelChoice()
    audience: LabelChoice = LabelChoice()
    tags: tuple[TagChoice, ...] = ()  # best first
    cost: Decimal | None = None  # in US dollars; None when it costs nothing
    usage: Usage | None = None  # None where nothing is counted, or nobody knows
    model: str | None = None  # who answered; None: the analyst that was asked
    fallback: Fallback | None = None  # why the offline analyst answered for the one that was asked
    prompt_version: str | None = None
    refused: str | None = None  # what was wrong with the answer, in a word: nothing of it was taken
    failure: Failure | None = None  # there is no answer, others of the call have one: this job waits
