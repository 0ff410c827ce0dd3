"""How right machines were, as the database counts it. Plain data."""

from dataclasses import dataclass
from datetime import date

from campaignbase.models.analysis import Source


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions of one day, field, source and label: a row of the view label_accuracy."""

    day: date
    field: str
    source: Source | None  # None: nobody was sure
    label: str | None
    decisions: int
    judged: int  # by people
    judged_right: int
    audits: int  # picked at random
    audits_judged: int
    audits_right: int
    mean_score: float | None  # 0..1


@dataclass(frozen=True, slots=True)
class Confused:
    """What machines answered beside what people said: a row of the view label_confusion."""

    day: date
    field: str
    source: Source | None
    machine_label: str | None
    label: str | None
    judged: int


@dataclass(frozen=True, slots=True)
class Band:
    """A band of scores: a row of the view label_calibration."""

    day: date
    field: str
    source: Source
    sure_from: int  # hundredths
    judged: int
    judged_right: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class Measured:
    """In no order."""

    decisions: tuple[Decided, ...]
    confusion: tuple[Confused, ...]
    calibration: tuple[Band, ...]
    open_audits: int
