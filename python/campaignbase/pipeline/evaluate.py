"""How good the labels would be on texts whose category is known: by names, a few examples, all examples.

A fresh vocabulary is made of the labels in the files; no store is touched.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from campaignbase.core.blend import blend_rows, nearest
from campaignbase.core.choose import MIN_CONFIDENCE, choose_category, weigh_categories
from campaignbase.core.decide import decide_category, is_young
from campaignbase.core.head import predict
from campaignbase.core.head_fitting import fit_head
from campaignbase.core.offline import PreparedVocabulary
from campaignbase.core.text import label_text
from campaignbase.core.vectors import top_k
from campaignbase.errors import InputError
from campaignbase.models import (
    Analysis,
    Category,
    Confirmed,
    HeadInfo,
    ItemContext,
    LabeledText,
    Neighbor,
    Vocabulary,
)
from campaignbase.pipeline.label_words import embed_labels
from campaignbase.ports import Embedder

SHORTLIST = 12  # labels a text is compared with, as in a workspace
NOBODY = -1  # no label is applied

Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Setting:
    """`accuracy`, `macro_f1`: of the best label for every row. `coverage`: share of the rows that get their
    label without a person; `applied_accuracy`: of those, None when there are none."""

    name: str
    accuracy: float
    macro_f1: float
    coverage: float
    applied_accuracy: float | None


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
    descriptions: Mapping[str, str] | None = None,
    on_setting: Callable[[str], None] = lambda _: None,
) -> Evaluation:
    """Names only, with descriptions where there are any, the first `shots` rows of each label, all of them.

    Args:
        descriptions: of labels, by name; what is learned begins with them.
    Raises:
        InputError: no rows, fewer than two labels, `shots` below 1, or a description of no label.
    """
    if not train or not test:
        raise InputError(f"evaluation needs rows to train and to test on; got {len(train)} and {len(test)}")
    if shots < 1:
        raise InputError(f"--shots must be at least 1, not {shots}")
    names = sorted({row.category for row in (*train, *test)})
    if len(names) < 2:
        raise InputError(f"evaluation needs at least two labels; the files have one: {names[0]!r}")
    for name in descriptions or ():
        if name not in names:
            raise InputError(f"there is a description of {name!r}; no row of the files has that label")
    place = {name: number for number, name in enumerate(names)}
    truth = np.array([place[row.category] for row in test])
    known = np.array([place[row.category] for row in train])

    label_vectors = await _label_vectors(embedder, names, {})
    started = time.perf_counter()
    test_vectors = await embedder.embed([row.text for row in test])
    speed = len(test) / (time.perf_counter() - started)
    train_vectors = await embedder.embed([row.text for row in train])

    on_setting("names_only")
    settings = [_setting("names_only", truth, *_by_names(names, label_vectors, test, test_vectors))]
    if descriptions:
        on_setting("descriptions")
        label_vectors = await _label_vectors(embedder, names, descriptions)
        settings.append(_setting("descriptions", truth, *_by_names(names, label_vectors, test, test_vectors)))
    few = np.concatenate([np.flatnonzero(known == label)[:shots] for label in range(len(names))])
    for name, rows in ((f"shots_{shots}", np.sort(few)), ("all", np.arange(len(train)))):
        on_setting(name)
        found = _learned(
            names, label_vectors, train_vectors[rows], known[rows], test, test_vectors
        ) or _by_names(names, label_vectors, test, test_vectors)
        settings.append(_setting(name, truth, *found))
    return Evaluation(embedder.model, len(train), len(test), speed, tuple(settings))


async def _label_vectors(
    embedder: Embedder, names: Sequence[str], descriptions: Mapping[str, str]
) -> NDArray[np.float32]:
    """As the labels of a workspace are embedded."""
    return await embed_labels(embedder, [label_text(name, descriptions.get(name)) or "" for name in names])


def _learned(
    names: Sequence[str],
    label_vectors: NDArray[np.float32],
    vectors: NDArray[np.float32],
    labels: Labels,
    test: Sequence[LabeledText],
    test_vectors: NDArray[np.float32],
) -> tuple[Labels, Labels] | None:
    """(best label, the one that would be applied or NOBODY) of each test row, as a worker decides after
    `train`; None where one label has all the rows, so that there is nothing to fit."""
    filed = Confirmed(vectors, [names[label] for label in labels])
    told = {name: name for name in names}
    fitted = fit_head(filed, "", told, label_vectors=dict(zip(names, label_vectors, strict=True)))
    if fitted is None:
        return None
    learned = fitted.head
    own: dict[str, float] = {}
    if learned.thresholds is not None:
        own = dict(zip(learned.category_ids, map(float, learned.thresholds), strict=True))
    head = HeadInfo("", "", len(labels), learned.threshold, thresholds=own)
    categories = {name: Category(name, name) for name in names}
    vocabulary = Vocabulary(1, tuple(categories.values()), (), (), head)
    prepared = PreparedVocabulary(vocabulary)
    place = {name: number for number, name in enumerate(names)}

    trained = np.zeros((len(test_vectors), len(names)), dtype=np.float32)
    trained[:, [place[name] for name in learned.category_ids]] = predict(
        learned.weights, learned.bias, test_vectors
    )
    cosines, near, rows = nearest(test_vectors, vectors, labels)
    similarity = test_vectors @ label_vectors.T
    best = blend_rows(trained, cosines, near, len(labels)).argmax(axis=1)
    applied = np.full(len(best), NOBODY)
    for number in range(len(best)):
        neighbors = tuple(
            Neighbor(str(row), names[label], float(cosine), equal=False)
            for row, label, cosine in zip(rows[number], near[number], cosines[number], strict=True)
        )
        ranked = tuple(_likeliest(names, trained[number]))
        item = ItemContext("", "", None, frozenset(), frozenset(), (), (), (), neighbors, ranked)
        guess = Analysis()  # beside a head that learned enough it is not heard
        if is_young(head):
            weighed = weigh_categories(
                categories=categories,
                nearest=_likeliest(names, similarity[number]),
                keywords=prepared.category_index.match(test[number].text),
                neighbors=neighbors,
            )
            guess = Analysis(choose_category(weighed))
        choice = decide_category(item, vocabulary, guess, None)
        if choice.id is not None:
            applied[number] = place[choice.id]
    return np.where(applied == NOBODY, best, applied), applied


def _by_names(
    names: Sequence[str],
    label_vectors: NDArray[np.float32],
    test: Sequence[LabeledText],
    test_vectors: NDArray[np.float32],
) -> tuple[Labels, Labels]:
    """(nearest label, the one that the offline analyst would apply or NOBODY): nobody filed anything yet."""
    categories = {name: Category(name, name) for name in names}
    prepared = PreparedVocabulary(Vocabulary(1, tuple(categories.values()), (), ()))
    similarity = test_vectors @ label_vectors.T
    best = similarity.argmax(axis=1)
    applied = np.full(len(test), NOBODY)
    place = {name: number for number, name in enumerate(names)}
    for number, row in enumerate(test):
        weighed = weigh_categories(
            categories=categories,
            nearest=_likeliest(names, similarity[number]),
            keywords=prepared.category_index.match(row.text),
            neighbors=(),
        )
        if weighed and weighed[0].probability >= MIN_CONFIDENCE:
            applied[number] = place[weighed[0].category.id]
    return best, applied


def _likeliest(names: Sequence[str], scores: NDArray[np.float32]) -> list[tuple[str, float]]:
    return [(names[place], float(scores[place])) for place in top_k(scores, SHORTLIST)]


def _setting(name: str, truth: Labels, found: Labels, applied: Labels) -> Setting:
    scores = []
    for label in np.unique(truth):
        hits = int(np.sum((found == label) & (truth == label)))
        scores.append(2 * hits / int(np.sum(found == label) + np.sum(truth == label)))
    sure = applied != NOBODY
    return Setting(
        name=name,
        accuracy=round(float(np.mean(found == truth)), 4),
        macro_f1=round(float(np.mean(scores)), 4),
        coverage=round(float(np.mean(sure)), 4),
        applied_accuracy=round(float(np.mean(applied[sure] == truth[sure])), 4) if sure.any() else None,
    )
