"""How right machines are, on SQLite."""

from datetime import date

from campaignbase.models.measuring import Measured
from campaignbase.stores import measuring_rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_file import SqliteFile


class SqliteMeasuring(SqliteFile):
    """`campaignbase.ports.measuring.Measuring`."""

    async def measured_labels(self, workspace_id: str, since: date) -> Measured:
        return await self._run(measured_labels, workspace_id, since)

    async def sample_audit(self, workspace_id: str, sample_size: int = 20) -> int:
        read.check_sample(sample_size)
        return await self._run(sample_audit, workspace_id, sample_size)


def measured_labels(db: Database, workspace_id: str, since: date) -> Measured:
    about = (workspace_id, since.isoformat())
    with db.read():
        decisions, confusion, calibration = (
            map(dict, db.all(f"select * from {view} where workspace_id = ? and day >= ?", about))  # noqa: S608
            for view in ("label_accuracy", "label_confusion", "label_calibration")
        )
        waiting = db.value("select count(*) from audit_queue where workspace_id = ?", (workspace_id,))
    return read.measured(decisions, confusion, calibration, waiting)


def sample_audit(db: Database, workspace_id: str, sample_size: int) -> int:
    """As private.sample_audit."""
    with db.write():
        chosen = db.all(
            """
            select last.id
            from content_assets
            inner join categorizations as last
                on
                    last.id = (
                        select categorizations.id
                        from categorizations
                        where
                            categorizations.workspace_id = content_assets.workspace_id
                            and categorizations.content_asset_id = content_assets.id
                            and categorizations.field = 'category'
                            and categorizations.outcome = 'applied'
                        order by categorizations.created_at desc, categorizations.id desc
                        limit 1
                    )
            where
                content_assets.workspace_id = ?
                and content_assets.primary_category is not null
                and content_assets.category_source <> 'human'
                and content_assets.category_source = last.source
                and last.audited_at is null
            order by random()
            limit ?
            """,
            (workspace_id, sample_size),
        )
        db.run_many(
            "update categorizations set audited_at = ? where id = ?",
            [(db.now(), row["id"]) for row in chosen],
        )
    return len(chosen)
