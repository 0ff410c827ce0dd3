"""A batch is answered whatever its parts do: providers that fail, rows that cannot be read or written."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.support.labeling import CLOCK, SALE, Reader, asset, insert, labeler

from campaignbase.errors import InputError, ProviderError
from campaignbase.models import (
    DEFAULT_WORKSPACE_ID,
    Analysis,
    AnalysisRequest,
    Context,
    ContextRequest,
    Failure,
    JobResult,
    NewCampaign,
    NewContent,
    Verdict,
)
from campaignbase.pipeline.embedders import Embedders
from campaignbase.pipeline.labeler import Labeler
from campaignbase.pipeline.vectors import OTHER_MODEL_WAIT
from campaignbase.stores.sqlite import SqliteStore
from campaignbase.testing import FakeClock, HashEmbedder, ScriptedAnalyst, ScriptedEmbedder


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ProviderError("overloaded"), "waiting"),
        (ProviderError("slow down", retry_after=60), "waiting"),
        (ProviderError("no such model", retryable=False), "dead"),
    ],
)
async def test_run_batch_lets_rows_wait_when_the_embedder_fails(
    store: SqliteStore, error: ProviderError, state: str
) -> None:
    (key,) = await insert(store, SALE)

    report = await labeler(store, embedder=ScriptedEmbedder([error])).run_batch()

    explained = await store.explain(key)
    assert (report.failed, report.errors) == (1, (str(error),))
    assert (explained.job_state, explained.job_error) == (state, str(error))
    assert (await asset(store, key)).primary_category is None


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ProviderError("overloaded"), "dead"),  # the fifth time
        (ProviderError("slow down", retry_after=60), "waiting"),  # later is no failure, however often
    ],
)
async def test_run_batch_gives_up_on_failures_and_never_on_later(
    store: SqliteStore, error: ProviderError, state: str
) -> None:
    (key,) = await insert(store, SALE)

    for _ in range(5):
        CLOCK.advance(3600)
        await labeler(store, embedder=ScriptedEmbedder([error])).run_batch()

    assert (await store.explain(key)).job_state == state


async def test_run_batch_lets_rows_wait_when_the_analyst_fails(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)

    def fail(_: AnalysisRequest) -> Analysis:
        raise ProviderError("refused", retryable=True)

    await labeler(store, analyst=ScriptedAnalyst(fail)).run_batch()

    assert ((await store.explain(key)).job_state, (await asset(store, key)).label_state) == (
        "waiting",
        "queued",
    )


async def test_run_batch_lets_only_the_row_wait_that_has_no_answer(store: SqliteStore) -> None:
    busy, answered = await insert(store, SALE, "Autumn rain jackets are back")

    def answer(request: AnalysisRequest) -> Analysis:
        if request.text == SALE:
            return Analysis(failure=Failure("busy", retry_after=30))
        return Analysis(model="other-1", prompt_version="7")

    report = await labeler(store, analyst=ScriptedAnalyst(answer)).run_batch()

    assert (report.failed, report.review, report.errors) == (1, 1, ("busy",))
    assert (await store.explain(busy)).job_state == "waiting"
    assert {(told.model, told.prompt_version) for told in (await store.explain(answered)).decisions} == {
        ("other-1", "7")
    }


async def test_run_batch_leaves_a_workspace_of_another_model_to_its_worker(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)

    report = await labeler(store, embedder=HashEmbedder(model="other")).run_batch()

    explained = await store.explain(key)
    assert report.failed == 1
    assert explained.job_error == (
        "the workspace's vectors are by 'fake-hash-1', this worker has 'other'; bring a key"
    )
    assert OTHER_MODEL_WAIT == 300
    assert explained.job_state == "waiting"


async def test_run_batch_needs_no_embedder_for_a_vector_that_is_there(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)
    await labeler(store).run_batch()
    await store.queue_content([key])

    report = await labeler(store, embedder=HashEmbedder(model="other")).run_batch()

    assert (report.accepted, report.failed) == (1, 0)
    assert (await asset(store, key)).embedding_model == "fake-hash-1"


async def test_run_batch_embeds_each_workspace_by_its_own_model(store: SqliteStore) -> None:
    new = await store.create_workspace("new")
    (old_key,) = await insert(store, SALE)
    rows = [NewContent(content="A new text")]
    (new_key,) = (await store.insert_content(new.id, rows)).ids
    other, first = HashEmbedder(model="other"), HashEmbedder()

    await labeler(store, embedder=other, others=[first]).drain()

    assert (await asset(store, old_key)).embedding_model == "fake-hash-1"
    assert (await asset(store, new_key)).embedding_model == "other"  # it had none, so it takes the default
    assert first.texts == [SALE]
    assert "A new text" in other.texts
    assert SALE not in other.texts


class PickyEmbedder(HashEmbedder):
    """Refuses every call that holds the odd one."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("the odd one" in text for text in texts):
            raise InputError("this text is refused")
        return await super().embed(texts)


async def test_run_batch_fails_the_text_that_is_refused_and_no_other(store: SqliteStore) -> None:
    keys = await insert(store, "one", "two", "the odd one", "four", "five")

    report = await labeler(store, embedder=PickyEmbedder()).run_batch()

    assert (report.accepted, report.failed, report.errors) == (4, 1, ("this text is refused",))
    states = [(await asset(store, key)).label_state for key in keys]
    assert states == ["review", "review", "failed", "review", "review"]


async def test_run_batch_fails_the_row_that_surprises_and_no_other(store: SqliteStore) -> None:
    good, bad = await insert(store, SALE, "the odd one")

    def answer(request: AnalysisRequest) -> Analysis:
        broken = "the odd one" in request.text
        return Analysis(category=None) if broken else Analysis()  # type: ignore[arg-type]

    report = await labeler(store, analyst=ScriptedAnalyst(answer)).run_batch()

    assert (report.accepted, report.failed) == (1, 1)
    assert (await asset(store, good)).label_state == "review"
    assert "deciding failed" in ((await store.explain(bad)).job_error or "")


async def test_run_batch_answers_one_by_one_when_the_store_refuses_the_batch(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = await insert(store, SALE, "the odd one")
    complete = store.complete_jobs

    async def picky(results: Sequence[JobResult]) -> list[Verdict]:
        if len(results) > 1:
            raise InputError("this batch cannot be written")
        if results[0].failure is None and results[0].language == "odd":
            raise InputError("this row cannot be written")
        return await complete(results)

    monkeypatch.setattr(store, "complete_jobs", picky)
    monkeypatch.setattr(Reader, "language", lambda _, text: "odd" if "odd" in text else "en")

    report = await labeler(store).run_batch()

    assert (report.accepted, report.failed, report.errors) == (1, 1, ("this row cannot be written",))
    assert (await asset(store, good)).label_state == "review"
    assert ((await store.explain(bad)).job_state, (await asset(store, bad)).label_state) == ("dead", "failed")


async def test_release_hands_back_what_a_stopped_batch_held(store: SqliteStore) -> None:
    (key,) = await insert(store, SALE)
    stopped = labeler(store, analyst=ScriptedAnalyst(lambda _: 1 / 0))  # type: ignore[arg-type, return-value]

    with pytest.raises(ZeroDivisionError):
        await stopped.run_batch()

    assert await stopped.release() == 1
    assert (await store.explain(key)).job_state == "waiting"
    assert await stopped.release() == 0


async def test_run_batch_answers_long_texts_bit_by_bit(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignbase.pipeline.labeler.PORTION_CHARACTERS", 90)
    await insert(store, *(f"{SALE} {number}" for number in range(5)))  # of 41 characters
    asked = []
    answer = store.categorization_context

    async def context(requests: Sequence[ContextRequest]) -> Context:
        asked.append(len(requests))
        return await answer(requests)

    monkeypatch.setattr(store, "categorization_context", context)
    report = await labeler(store).run_batch()

    assert (report.claimed, report.review, asked) == (5, 5, [2, 2, 1])


async def test_run_batch_hands_back_what_its_lease_leaves_no_time_for(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaignbase.pipeline.labeler.PORTION_CHARACTERS", 90)
    keys = await insert(store, *(f"{SALE} {number}" for number in range(5)))
    clock = FakeClock()
    slow = ScriptedAnalyst(lambda _: clock.advance(31) or Analysis())  # 62 s of a lease of 120 s
    hurried = Labeler(store, Embedders(HashEmbedder()), slow, Reader(), clock)

    report = await hurried.run_batch()

    states = [(await store.explain(key)).job_state for key in keys]
    assert (report.claimed, sorted(map(str, states))) == (
        2,
        ["None", "None", "waiting", "waiting", "waiting"],
    )
    assert await hurried.release() == 0


async def test_run_batch_says_which_rule_gave_no_answer(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def search(pattern: str, folded: str) -> str | None:
        raise TimeoutError

    monkeypatch.setattr("campaignbase.core.rules.regex_find", search)
    (key,) = await insert(store, SALE)

    await labeler(store).run_batch()

    said = "rule 'use code at checkout': no answer in time, counts as no match"
    assert said in (await store.explain(key)).decisions[0].reasons
    assert "rule 'use code at checkout': regex" in caplog.text


async def test_run_batch_tells_failed_campaigns_from_failed_assets(store: SqliteStore) -> None:
    await store.insert_campaigns(DEFAULT_WORKSPACE_ID, [NewCampaign("Spring sale 2027")])
    await insert(store, SALE, f"{SALE} again")

    report = await labeler(store, embedder=ScriptedEmbedder([ProviderError("no")])).run_batch()

    assert (report.failed, report.campaigns_failed, report.labels_failed, report.jobs_failed) == (2, 1, 0, 3)
