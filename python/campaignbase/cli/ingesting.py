"""The work of `campaignbase ingest`: match labels, create what is missing, insert, label, sum up."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from campaignbase.cli import output
from campaignbase.cli import rows as shown_rows
from campaignbase.cli.interrupt import Interrupt, heard
from campaignbase.cli.labeling import (
    RowSummary,
    label_waiting,
    report_line,
    summaries,
    tell_held,
    waiting_rows,
)
from campaignbase.core.tags import fold_tag, spellings
from campaignbase.errors import InputError, UnknownLabelError
from campaignbase.ingest import Reading, Row, match_labels
from campaignbase.ingest.columns import label_option
from campaignbase.ingest.labels import unknown_labels
from campaignbase.ingest.records import BadRow
from campaignbase.models import AUDIENCE, Category, InsertCounts, NewCampaign, Tag, Workspace
from campaignbase.models.curation import Kind
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.ports import Store
from campaignbase.settings import Settings

CHUNK = 1000  # rows a transaction
FIRST_ROWS = 10
BAD_ROWS_NAMED = 20


@dataclass(frozen=True, slots=True)
class Plan:
    reading: Reading
    create_categories: bool
    label: bool
    settings: Settings | None = None  # whose keys choose the embedder; None: the shipped one


@dataclass(slots=True)
class Result:
    inserted: int = 0
    updated: int = 0
    skipped: int = 0
    kept: int = 0
    new_campaigns: list[str] = field(default_factory=list)
    new_categories: list[str] = field(default_factory=list)
    removed_tags: list[str] = field(default_factory=list)  # of the file, and left out
    labels: BatchReport | None = None  # None: nothing was labeled here
    waiting: int = 0  # assets
    waiting_campaigns: int = 0
    interrupted: bool = False
    first: list[RowSummary] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, counts: InsertCounts) -> None:
        self.inserted += counts.inserted
        self.updated += counts.updated
        self.skipped += counts.skipped
        self.kept += counts.kept
        self.ids += islice(counts.ids, max(0, FIRST_ROWS - len(self.ids)))

    def document(self, reading: Reading) -> dict[str, Any]:
        """For --json."""
        labels = self.labels
        return {
            "files": [{"file": name, "rows": rows} for name, rows in reading.files],
            "inserted": self.inserted,
            "updated": self.updated,
            "skipped": self.skipped,
            "kept": self.kept,
            "duplicates": reading.duplicates,
            "contradictions": reading.contradictions,
            "bad": reading.bad,
            "unmapped": reading.unmapped,
            "new_campaigns": self.new_campaigns,
            "new_categories": self.new_categories,
            "removed_tags": self.removed_tags,
            "labels": None
            if labels is None
            else {
                "labeled": labels.labeled,
                "review": labels.review,
                "campaigns_labeled": labels.campaigns_labeled,
                "campaigns_review": labels.campaigns_review,
                "failed": labels.failed,
                "campaigns_failed": labels.campaigns_failed,
            },
            "waiting": self.waiting,
            "waiting_campaigns": self.waiting_campaigns,
            "interrupted": self.interrupted,
            "first": self.first,
        }


async def carry_out(store: Store, workspace: Workspace, plan: Plan) -> Result:
    """Everything that writes. Stopped half-way, a second run finishes it."""
    from campaignbase import wiring

    if plan.label:
        wiring.embedders(plan.settings).of(workspace)  # before anything is written
    result = Result()
    with heard() as interrupt:
        await _insert_and_label(store, workspace, plan, result, interrupt)
        result.interrupted = interrupt.asked
    result.waiting, result.waiting_campaigns = await waiting_rows(store, workspace.id)
    result.first = await summaries(store, result.ids)
    return result


async def _insert_and_label(
    store: Store, workspace: Workspace, plan: Plan, result: Result, interrupt: Interrupt
) -> None:
    rows = await _with_known_labels(store, workspace, plan, result)
    campaigns = await _campaign_ids(store, workspace, rows, result)
    # what people filed goes first, so that the others can be compared with it
    filed = [row for row in rows if row.content.primary_category is not None]
    others = [row for row in rows if row.content.primary_category is None]
    for part in (filed, others):
        if not part:
            continue
        done = 0 if part is filed else len(filed)
        await _insert(store, workspace, part, campaigns, result, interrupt, done)
        if plan.label and not interrupt.asked:
            report = await label_waiting(store, loaded=plan.settings, interrupt=interrupt)
            result.labels = report if result.labels is None else result.labels + report


async def _with_known_labels(
    store: Store, workspace: Workspace, plan: Plan, result: Result
) -> tuple[Row, ...]:
    categories = await store.categories(workspace.id)
    tags = await store.tags(workspace.id)
    match = match_labels(plan.reading.rows, categories, tags)
    if match.unknown_audiences:
        audiences = [tag.name for tag in tags if tag.tag_type == AUDIENCE]
        advice = "an audience is a tag of that type"
        raise UnknownLabelError(unknown_labels("audiences", match.unknown_audiences, audiences, advice))
    await _tell_removed_tags(store, workspace, match.rows, tags, result)
    if match.new_categories:
        if not plan.create_categories:
            known = [category.name for category in categories]
            advice = "add them with --create-categories"
            raise UnknownLabelError(unknown_labels("categories", match.new_categories, known, advice))
        await _check_not_removed(store, workspace, match.new_categories)
        result.new_categories = list(match.new_categories)
        await store.add_categories(workspace.id, [Category("", name) for name in result.new_categories])
        output.say(f"created {_named('category', 'categories', result.new_categories)}")
    return match.rows


async def _removed(store: Store, workspace: Workspace, kind: Kind, names: Iterable[str]) -> dict[str, str]:
    """Of these those that people removed, folded to written."""
    wanted = list(names)
    removed: dict[str, str] = {}
    for start in range(0, len(wanted), 100):  # a word may be a category and a tag: a page
        for one in await store.proposals(workspace.id, "removed", 200, wanted[start : start + 100]):
            if one.kind == kind:
                removed[fold_tag(one.name)] = one.name
    return removed


async def _tell_removed_tags(
    store: Store, workspace: Workspace, rows: Sequence[Row], tags: Sequence[Tag], result: Result
) -> None:
    """Tags that people removed are left out of what a file says."""
    known = spellings(tags)
    said = {fold_tag(tag): tag for row in rows for tag in row.content.tags}
    wanted = [tag for folded, tag in said.items() if folded not in known]
    result.removed_tags = sorted((await _removed(store, workspace, "tag", wanted)).values())
    if result.removed_tags:
        them = "it" if len(result.removed_tags) == 1 else "them"
        output.say(
            f"left out {_named('tag', 'tags', result.removed_tags)}: removed by a person, and a file does not"
            f" bring {them} back; to have {them}, before the import: campaignbase tags add NAME"
        )


async def _check_not_removed(store: Store, workspace: Workspace, names: Collection[str]) -> None:
    """A file brings no category back that a person removed."""
    removed = await _removed(store, workspace, "category", names)
    for name in names:
        if fold_tag(name) in removed:
            raise UnknownLabelError(
                f"category {removed[fold_tag(name)]!r} was removed by a person, and a file does not bring it"
                f" back; if it shall be there again: campaignbase categories add {removed[fold_tag(name)]}"
            )


async def _campaign_ids(
    store: Store, workspace: Workspace, rows: Sequence[Row], result: Result
) -> dict[str, str]:
    names = list(dict.fromkeys(row.campaign for row in rows if row.campaign is not None))
    if not names:
        return {}
    known = {campaign.name for campaign in await store.campaigns(workspace.id)}
    ids = await store.insert_campaigns(workspace.id, [NewCampaign(name) for name in names])
    result.new_campaigns = [name for name in names if name not in known]
    if result.new_campaigns:
        output.say(f"created {_named('campaign', 'campaigns', result.new_campaigns)}")
    return dict(zip(names, ids, strict=True))


async def _insert(
    store: Store,
    workspace: Workspace,
    rows: Sequence[Row],
    campaigns: dict[str, str],
    result: Result,
    interrupt: Interrupt,
    done: int,
) -> None:
    with output.progress("inserting", len(rows)) as bar:
        for start in range(0, len(rows), CHUNK):
            if interrupt.asked:
                return
            part = rows[start : start + CHUNK]
            content = [
                replace(row.content, campaign_id=None if row.campaign is None else campaigns[row.campaign])
                for row in part
            ]
            try:
                counts = await store.insert_content(workspace.id, content)
                result.add(counts)
                known = [one.id for one in counts.rows if one.outcome in ("updated", "unchanged")]
                if known and part[0].content.golden:  # new ones are golden from the first
                    await store.set_golden(known, True)
            except InputError as error:
                before = done + start
                are = output.verb(before, "is", "are")
                kept = (
                    f"{output.plural(before, 'row')} before it {are} stored"
                    if before
                    else "nothing was stored"
                )
                raise InputError(f"{error} (between {part[0].place} and {part[-1].place}; {kept})") from error
            bar(start + len(part))


def tell_reading(reading: Reading) -> None:
    """What was read and what became of it that one might not expect, on stderr."""
    rows = sum(count for _, count in reading.files)
    files = reading.files[0][0] if len(reading.files) == 1 else output.plural(len(reading.files), "file")
    output.say(f"read {output.plural(rows, 'row')} from {files}")
    if reading.left_out:
        output.say(f"left out {output.plural(reading.left_out, 'file')}, neither markdown nor text")
    _name_rows(f"left out {output.plural(len(reading.bad), 'bad row')}:", reading.bad)
    _name_rows("labels not taken:", reading.contradictions)
    if reading.unmapped:
        output.say(f"kept in parameters: {_named('column', 'columns', reading.unmapped)}")
    for column in reading.unmapped:
        option = label_option(column)
        if option is not None:
            output.say(f"  to take {column!r} as set by people: {option} {column}")


def _more_labels(row: Row) -> bool:
    return bool(row.content.tags or row.content.sentiment or row.content.target_audience)


def _name_rows(head: str, rows: Sequence[BadRow]) -> None:
    if rows:
        output.say(head)
    for row in rows[:BAD_ROWS_NAMED]:
        output.say(f"  {row}")
    if len(rows) > BAD_ROWS_NAMED:
        output.say(f"  and {len(rows) - BAD_ROWS_NAMED:,} more; all of them with --json")


def tell_result(result: Result, reading: Reading, *, embedded: bool, labeled: bool) -> None:
    output.say(
        f"{result.inserted:,} inserted, {result.updated:,} updated, {result.skipped:,} known already,"
        f" {reading.duplicates:,} twice in the files"
    )
    if result.kept:
        keep = output.verb(result.kept, "keeps", "keep")
        output.say(
            f"{output.plural(result.kept, 'known row')} {keep} what a person filed;"
            " to change it: campaignbase categorize ID --category NAME"
        )
    if result.skipped + result.updated and any(_more_labels(row) for row in reading.rows):
        output.say(
            "a known row takes no tags, sentiment or audience from a file;"
            " to set them: campaignbase categorize ID --add-tag NAME"
        )
    if result.labels is not None:
        output.say(report_line(result.labels))
        for error in list(dict.fromkeys(result.labels.errors))[:5]:
            output.say(f"  {error}")
    if result.first:
        shown_rows.show(result.first)
    rows_waiting = result.waiting + result.waiting_campaigns
    if not rows_waiting:
        return
    waiting = output.counted((result.waiting, "asset"), (result.waiting_campaigns, "campaign"))
    waiting += output.verb(rows_waiting, " waits", " wait")
    if result.interrupted or not labeled:
        command = "campaignbase worker --once" if embedded else "campaignbase worker"
        output.say(f"{waiting} to be labeled: {command}")
    else:
        tell_held(result.waiting, result.waiting_campaigns)


def _named(one: str, many: str, names: Sequence[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:12])
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"{one if len(names) == 1 else many} {shown}{more}"
