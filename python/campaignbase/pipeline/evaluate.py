"""How good the labels would be on texts whose category is known: by names, a few examples, all examples.

A fresh vocabulary is made of the labels in the files; no store is touched.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.choose import MIN_CONFIDENCE, weigh_categories
from campaignbase.core.head import fit, predict
from campaignbase.core.offline import PreparedVocabulary
from campaignbase.core.text import spoken
from campaignbase.core.vectors import top_k
from campaignbase.errors import InputError
from campaignbase.models import Category, LabeledText, Vocabulary
from campaignbase.pipeline.learn import auto_apply_threshold
from campaignbase.ports import Embedder

SHORTLIST = 12  # labels a text is compared with, as in a workspace

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Setting:
    """`accuracy`, `macro_f1`: of the best label for every row; `coverage`: share sure enough to apply."""

    name: str
    accuracy: float
    macro_f1: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    embedder: str
    train_rows: int
    test_rows: int
    texts_per_second: float  # the embedder alone, on the test texts
    settings: tuple[Setting, ...]


async def evaluate(
    embedder: Embedder,
    train: Sequence[LabeledText],
    test: Sequence[LabeledText],
    *,
    shots: int = 10,
    on_setting: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Names only, the first `shots` training rows of each label, all of them.

    Raises:
        InputError: no rows, fewer than two labels, or `shots` below 1.
    """
    if not train or not test:
        raise InputError(f"evaluation needs rows to train and to test on; got {len(train)} and {len(test)}")
    if shots < 1:
        raise InputError(f"--shots must be at least 1, not {shots}")
    names = sorted({row.category for row in (*train, *test)})
    if len(names) < 2:
        raise InputError(f"evaluation needs at least two labels; the files have one: {names[0]!r}")
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[row.category] for row in test])
    known = np.array([place[row.category] for row in train])

    label_vectors = await embedder.embed([spoken(name) for name in names])
    started = time.perf_counter()
    test_vectors = await embedder.embed([row.text for row in test])
    speed = len(test) / (time.perf_counter() - started)
    train_vectors = await embedder.embed([row.text for row in train])

    on_setting("names_only")
    best, sure = _by_names(names, label_vectors, test, test_vectors)
    settings = [_setting("names_only", truth, best, sure)]
    few = np.concatenate([np.flatnonzero(known == label)[:shots] for label in range(len(names))])
    for name, rows in ((f"shots_{shots}", np.sort(few)), ("all", np.arange(len(train)))):
        on_setting(name)
        vectors, labels = train_vectors[rows], known[rows]
        weights, bias = fit(vectors, labels, len(names), prior_vectors=label_vectors)
        found = predict(weights, bias, test_vectors)
        threshold = auto_apply_threshold(vectors, labels, len(names), label_vectors)
        settings.append(_setting(name, truth, found.argmax(axis=1), found.max(axis=1) >= threshold))
    return Evaluation(embedder.model, len(train), len(test), speed, tuple(settings))


def _by_names(
    names: Sequence[str],
    label_vectors: NDArray[np.float32],
    test: Sequence[LabeledText],
    test_vectors: NDArray[np.float32],
) -> tuple[Labels, NDArray[np.bool_]]:
    """As the offline analyst ranks a vocabulary that nobody has filed anything under yet."""
    categories = {name: Category(name, name) for name in names}
    prepared = PreparedVocabulary(Vocabulary(1, tuple(categories.values()), (), ()))
    similarity = test_vectors @ label_vectors.T
    best = similarity.argmax(axis=1)
    sure = np.zeros(len(test), dtype=np.bool_)
    place = {name: number for number, name in enumerate(names)}
    for number, row in enumerate(test):
        weighed = weigh_categories(
            categories=categories,
            nearest=[(names[k], float(similarity[number, k])) for k in top_k(similarity[number], SHORTLIST)],
            keywords=prepared.category_index.match(row.text),
            neighbors=(),
        )
        if weighed:
            best[number] = place[weighed[0].category.id]
            sure[number] = weighed[0].probability >= MIN_CONFIDENCE
    return best, sure


def _setting(name: str, truth: Labels, found: Labels, sure: NDArray[np.bool_]) -> Setting:
    scores = []
    for label in np.unique(truth):
        hits = int(np.sum((found == label) & (truth == label)))
        scores.append(2 * hits / int(np.sum(found == label) + np.sum(truth == label)))
    return Setting(
        name=name,
        accuracy=round(float(np.mean(found == truth)), 4),
        macro_f1=round(float(np.mean(scores)), 4),
        coverage=round(float(np.mean(sure)), 4),
    )
