"""An accepted answer, and its lines in the history. Twin of private.write_history."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from campaignbase.models import JobResult, LabelChoice, Source
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_rows import id_list, money, to_json

LabelKey = tuple[str, str, str]  # workspace id, categories or tags, label id
Names = dict[LabelKey, str]  # today's


@dataclass(frozen=True, slots=True)
class Answer:
    """A result whose job is still its own."""

    result: JobResult
    job: Row

    @property
    def target_id(self) -> str:
        return str(self.job["target_id"])

    def labels(self) -> list[tuple[LabelKey, Source | None]]:
        """Every label the answer names, and who chose it."""
        workspace_id, result = self.job["workspace_id"], self.result
        named: list[tuple[LabelKey, Source | None]] = [
            ((workspace_id, "tags", tag.id), tag.source) for tag in result.tags
        ]
        if result.category is not None and result.category.id is not None:
            named.append(((workspace_id, "categories", result.category.id), result.category.source))
        audience = self.audience_key()
        if result.audience is not None and audience is not None:
            named.append((audience, result.audience.source))
        return named

    def audience_key(self) -> LabelKey | None:
        audience = self.result.audience
        return (
            None
            if audience is None or audience.id is None
            else (self.job["workspace_id"], "tags", audience.id)
        )

    def category(self, names: Names) -> str | None:
        return self._name("categories", self.result.category, names)

    def audience(self, names: Names) -> str | None:
        return self._name("tags", self.result.audience, names)

    def sentiment(self) -> str | None:
        return None if self.result.sentiment is None else self.result.sentiment.label

    def _name(self, table: str, choice: LabelChoice | None, names: Names) -> str | None:
        if choice is None or choice.id is None:
            return None
        return names[self.job["workspace_id"], table, choice.id]


def write_history(
    db: Database, contents: Sequence[Answer], campaigns: Sequence[Answer], names: Names
) -> None:
    decisions: list[dict[str, Any]] = []
    stored = _stored(
        db,
        "content_assets",
        "primary_category, category_source, sentiment, sentiment_source, target_audience, audience_source,"
        " (select group_concat(value, ', ') from json_each(tags)) as tags",
        contents,
    )
    for answer in contents:
        row, result = stored[answer.target_id], answer.result
        sentiment = answer.sentiment()
        audience = answer.audience(names)
        about = {"content_asset_id": answer.target_id, "campaign_id": None, **_circumstances(answer)}
        found = []
        if result.category is not None:
            found.append(_category_decision(answer, row, names))
        if sentiment is not None:
            found.append(
                _decision("sentiment", sentiment, result.sentiment, row["sentiment"], row["sentiment_source"])
            )
        if audience is not None:
            found.append(
                _decision(
                    "audience", audience, result.audience, row["target_audience"], row["audience_source"]
                )
            )
        if result.tags:
            found.append(_tags_decision(answer, names, row["tags"]))
        decisions += [about | decision for decision in found]
    stored = _stored(db, "campaigns", "primary_category, category_source", campaigns)
    for answer in campaigns:
        if answer.result.category is not None:
            about = {"content_asset_id": None, "campaign_id": answer.target_id, **_circumstances(answer)}
            decisions.append(about | _category_decision(answer, stored[answer.target_id], names))
    db.run_many(
        """
        insert into categorizations
        (
            workspace_id, content_asset_id, campaign_id, field, label, labels, candidate, previous_label,
            source, score, rule_id, head_version, reasons, outcome, model, fallback, prompt_version,
            vocabulary_version, embedding_model, content_hash, cost, latency_ms
        )
        values
        (
            :workspace_id, :content_asset_id, :campaign_id, :field, :label, :labels,
            (select name from categories where id = :candidate and workspace_id = :workspace_id),
            :previous_label, :source, :score, :rule_id, :head_version, :reasons, :outcome, :model, :fallback,
            :prompt_version, :vocabulary_version, :embedding_model, :content_hash, :cost, :latency_ms
        )
        """,
        decisions,
    )


def _stored(db: Database, table: str, columns: str, answers: Iterable[Answer]) -> dict[str, Row]:
    found = db.all(
        f"select id, {columns} from {table} where id in (select value from json_each(?))",
        (id_list(answer.target_id for answer in answers),),
    )
    return {row["id"]: row for row in found}


def _circumstances(answer: Answer) -> dict[str, Any]:
    result = answer.result
    return {
        "workspace_id": answer.job["workspace_id"],
        "model": result.model,
        "fallback": None,
        "prompt_version": result.prompt_version,
        "vocabulary_version": result.vocabulary_version,
        "embedding_model": result.embedding_model,
        "content_hash": result.content_hash,
        "cost": None,
        "latency_ms": None,
        "labels": None,
        "candidate": None,
    }


def _category_decision(answer: Answer, row: Row, names: Names) -> dict[str, Any]:
    result = answer.result
    decision = _decision(
        "category", answer.category(names), result.category, row["primary_category"], row["category_source"]
    )
    abstained = decision["label"] is None
    return decision | {
        "candidate": result.category.candidate if result.category and abstained else None,
        # once a run, on the category
        "fallback": result.fallback,
        "cost": money(result.cost, 6),
        "latency_ms": result.latency_ms,
    }


def _decision(
    field: str, label: str | None, choice: LabelChoice | None, previous: str | None, source: str | None
) -> dict[str, Any]:
    outcome = "abstained" if label is None else "applied"
    return {
        "field": field,
        "label": label,
        "previous_label": previous,
        "source": choice.source if choice is not None and label is not None else None,
        "score": None if choice is None else choice.score,
        "rule_id": None if choice is None else choice.rule_id,
        "head_version": None if choice is None else choice.head_version,
        "reasons": to_json([] if choice is None else choice.reasons),
        "outcome": "kept_human" if source == "human" else outcome,
    }


def _tags_decision(answer: Answer, names: Names, previous: str | None) -> dict[str, Any]:
    chosen = [(names[answer.job["workspace_id"], "tags", tag.id], tag) for tag in answer.result.tags]
    return {
        "field": "tags",
        "label": ", ".join(name for name, _ in chosen),
        "labels": to_json(
            [
                {"id": tag.id, "name": name, "source": tag.source, "score": tag.score, "reason": tag.reason}
                | ({} if tag.rule_id is None else {"rule_id": tag.rule_id})
                for name, tag in chosen
            ]
        ),
        "previous_label": previous,
        "source": chosen[0][1].source,
        "score": None,
        "rule_id": None,
        "head_version": None,
        "reasons": "[]",
        "outcome": "applied",
    }
