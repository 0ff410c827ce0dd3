"""Copies everything from one database into another, looks whether it arrived, then lets it be worked on.

Every row keeps its id and says what it said; jobs wait again. Run again after an interruption it goes on
where it was. A target that holds anything else of the same workspaces is refused before a row is written;
the workspace that every new database has is nothing, it makes way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from campaignbase.errors import CampaignbaseError, InputError
from campaignbase.models import DEFAULT_WORKSPACE_ID
from campaignbase.moving.fresh import is_fresh
from campaignbase.moving.shape import Table, tables
from campaignbase.moving.sides import Side
from campaignbase.moving.values import Values, fingerprint, key_of, order_of, together

BATCH = 500  # rows a transaction
SHOWN = 5  # conflicts told of


@dataclass(frozen=True)
class TableReport:
    table: str
    rows: int  # in the source
    present: int  # in the target before
    source_hash: str = ""
    target_hash: str = ""


@dataclass(frozen=True)
class CopyReport:
    tables: list[TableReport]
    jobs: int  # queued in the target
    leased: int  # of the source's jobs: somebody was at work there
    dry_run: bool
    replaced: bool = False  # the target had the workspace of a new database, which made way


@dataclass
class _Plan:
    workspaces: list[str]
    replaces: frozenset[str] = frozenset()  # workspaces of the target that make way
    present: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    reports: list[TableReport] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def copy(
    source: Side,
    target: Side,
    *,
    dry_run: bool = False,
    members: bool = True,
    on_rows: Callable[[str, int], None] = lambda _table, _rows: None,
) -> CopyReport:
    """
    Args:
        members: also who belongs to a workspace; their accounts must be there.
        on_rows: told after each batch: table, rows of it that are there.
    Raises:
        InputError: the target holds other rows of these workspaces, or lacks the members' accounts.
        NotConfiguredError: one of them has the schema of another version.
        CampaignbaseError: what arrived is not what was sent.
    """
    source.check()
    target.check()
    wanted = [table for table in tables() if members or table.name != "workspace_members"]
    content = [table for table in wanted if table.name != "jobs"]
    jobs = wanted[-1]
    with source.snapshot():
        plan = _plan(source, target, content)
        if plan.conflicts and DEFAULT_WORKSPACE_ID in plan.workspaces and is_fresh(target):
            without = _plan(source, target, content, frozenset({DEFAULT_WORKSPACE_ID}))
            # what is told must be in the way: without it, or with the rows of it that were copied before
            plan = min(without, plan, key=lambda one: len(one.conflicts))
        if plan.conflicts:
            raise InputError(_refusal(target, plan.conflicts))
        waiting, leased = _jobs(source, jobs)
        if dry_run:
            return CopyReport(plan.reports, len(waiting), leased, dry_run=True, replaced=bool(plan.replaces))
        for workspace in plan.replaces:
            target.remove(workspace)
        for table in content:
            _fill(source, target, table, plan.present[table.name], on_rows)
        reports = [_verified(source, target, table, plan) for table in content]
        queued = sum(target.queue(jobs, waiting[at : at + BATCH]) for at in range(0, len(waiting), BATCH))
    return CopyReport(reports, queued, leased, dry_run=False, replaced=bool(plan.replaces))


def _plan(
    source: Side, target: Side, content: Sequence[Table], replaces: frozenset[str] = frozenset()
) -> _Plan:
    home = content[0]
    plan = _Plan([row[home.place("id")] for row in source.rows(home)], replaces)
    staying = [key for key in plan.workspaces if key not in replaces]
    for table in content:
        new: list[tuple[str, ...]] = []
        present: set[tuple[str, ...]] = set()
        rows = 0
        for mine, theirs in _side_by_side(table, source.rows(table), target.rows(table, staying)):
            if mine is None:
                plan.conflicts.append(f"{table.name} {_name(table, theirs)}: only in the target")
                continue
            rows += 1
            if theirs is None:
                new.append(key_of(table, mine))
            elif fingerprint(table, mine) == fingerprint(table, theirs):
                present.add(key_of(table, mine))
            else:
                changed = [
                    column.name
                    for column, one, other in zip(table.columns, mine, theirs, strict=True)
                    if one != other
                ]
                plan.conflicts.append(f"{table.name} {_name(table, mine)}: another {', '.join(changed)}")
        for start in range(0, len(new), BATCH):
            plan.conflicts += [
                f"{table.name} {' '.join(key)}: there in another workspace"
                for key in target.taken(table, new[start : start + BATCH])
                if table is not home or key[0] not in replaces
            ]
        if table.name == "workspace_members":
            users = {row[table.place("user_id")] for row in source.rows(table)}
            plan.conflicts += [
                f"workspace_members {user}: has no account in the target; or copy --without-members"
                for user in target.unknown_users(sorted(users))
            ]
        plan.present[table.name] = present
        plan.reports.append(TableReport(table.name, rows, len(present)))
    return plan


def _fill(
    source: Side,
    target: Side,
    table: Table,
    present: set[tuple[str, ...]],
    on_rows: Callable[[str, int], None],
) -> None:
    done = len(present)
    batch: list[Values] = []
    for row in source.rows(table):
        if key_of(table, row) not in present:
            batch.append(row)
        if len(batch) == BATCH:
            target.write(table, batch)
            done += len(batch)
            on_rows(table.name, done)
            batch = []
    if batch:
        target.write(table, batch)
    on_rows(table.name, done + len(batch))


def _verified(source: Side, target: Side, table: Table, plan: _Plan) -> TableReport:
    before = next(report for report in plan.reports if report.table == table.name)
    mine = [fingerprint(table, row) for row in source.rows(table)]
    theirs = [fingerprint(table, row) for row in target.rows(table, plan.workspaces)]
    report = TableReport(table.name, len(mine), before.present, together(mine), together(theirs))
    if report.source_hash != report.target_hash:
        raise CampaignbaseError(
            f"{table.name}: of {len(mine):,} rows {len(theirs):,} are there, or they say something else;"
            f" was {target.target} written meanwhile? Stop its workers, delete its workspaces, copy again"
        )
    return report


def _jobs(source: Side, table: Table) -> tuple[list[Values], int]:
    """As they wait in the target: nobody is at work there, and fences begin anew."""
    found: list[Values] = []
    leased = 0
    for row in source.rows(table):
        said = dict(zip((column.name for column in table.columns), row, strict=True))
        if said["state"] == "leased":
            leased += 1
            said |= {"state": "waiting", "leased_by": None, "run_at": said["updated_at"]}
        said |= {"attempt": 0, "embedding_until": None}
        found.append(tuple(said.values()))
    return found, leased


def _side_by_side(
    table: Table, mine: Iterator[Values], theirs: Iterator[Values]
) -> Iterator[tuple[Values | None, Values | None]]:
    """Rows of the same key together; None where one side has none."""
    left, right = next(mine, None), next(theirs, None)
    while left is not None or right is not None:
        if right is None or (left is not None and order_of(table, left) < order_of(table, right)):
            yield left, None
            left = next(mine, None)
        elif left is None or order_of(table, right) < order_of(table, left):
            yield None, right
            right = next(theirs, None)
        else:
            yield left, right
            left, right = next(mine, None), next(theirs, None)


def _name(table: Table, row: Values | None) -> str:
    return "" if row is None else " ".join(key_of(table, row))


def _refusal(target: Side, conflicts: Sequence[str]) -> str:
    more = f"\n  and {len(conflicts) - SHOWN:,} more" if len(conflicts) > SHOWN else ""
    listed = "".join(f"\n  {conflict}" for conflict in conflicts[:SHOWN])
    return (
        f"{target.target} holds other rows of these workspaces; nothing was written:{listed}{more}\n"
        "copy into an empty database, or delete the workspace there first: campaignbase workspace delete NAME"
    )
