"""Words that are no labels, on SQLite: proposed by machines, refused or removed by people."""

# ruff: noqa: S608 - what is put into queries are names from these modules

from collections.abc import Sequence

from campaignbase.core.tags import fold_tag
from campaignbase.errors import NotFoundError
from campaignbase.models.curation import Proposal, ProposalState
from campaignbase.stores import curation_rows as read
from campaignbase.stores.sqlite_connection import Database, Row
from campaignbase.stores.sqlite_history import Answer
from campaignbase.stores.sqlite_queue import queue_targets
from campaignbase.stores.sqlite_rows import id_list, text_of_asset
from campaignbase.stores.sqlite_tags import known_words

MOST = 200
EXAMPLES = 3
EXAMPLE_CHARACTERS = 200


def write_proposals(db: Database, answers: Sequence[Answer]) -> None:
    """Twin of private.write_proposals; inside a transaction."""
    of_home: dict[str, dict[str, str]] = {}
    for answer in answers:
        home = answer.job["workspace_id"]
        for word in answer.result.proposals:
            if home not in of_home:
                of_home[home] = known_words(db, home)
            said = word.strip()
            if not 1 <= len(said) <= 100 or not said.isprintable() or fold_tag(said) in ("", *of_home[home]):
                continue
            db.run(
                "insert into label_proposals (workspace_id, kind, name) values (?, 'tag', ?)"
                " on conflict (workspace_id, kind, folded_name) do nothing",
                (home, said),
            )
            db.run(
                "insert into label_proposal_uses (workspace_id, proposal_id, content_asset_id)"
                " select workspace_id, id, ? from label_proposals where workspace_id = ? and kind = 'tag'"
                " and state = 'open' and folded_name = ?"
                " on conflict (proposal_id, content_asset_id) do nothing",
                (answer.target_id, home, fold_tag(said)),
            )


def proposals(
    db: Database, workspace_id: str, state: ProposalState, limit: int, words: Sequence[str] | None
) -> list[Proposal]:
    folded = None if words is None else id_list(map(fold_tag, words))
    with db.read():
        found = db.all(
            "select id, kind, name, state, (select count(*) from label_proposal_uses"
            " where proposal_id = label_proposals.id) as uses"
            " from label_proposals where workspace_id = ? and state = ?"
            " and (? is null or folded_name in (select value from json_each(?)))"
            " order by uses desc, name limit ?",
            (workspace_id, state, folded, folded, min(max(limit, 1), MOST)),
        )
        return [read.proposal(dict(row) | {"examples": _examples(db, row["id"])}) for row in found]


def _examples(db: Database, proposal_id: str) -> list[str]:
    found = db.all(
        "select content, prompt, alt_text, file_path from label_proposal_uses as used"
        " inner join content_assets on used.content_asset_id = content_assets.id"
        " where used.proposal_id = ? order by used.created_at desc, used.content_asset_id limit ?",
        (proposal_id, EXAMPLES),
    )
    return [(text_of_asset(row) or "")[:EXAMPLE_CHARACTERS] for row in found]


def promote_proposal(db: Database, proposal_id: str) -> str:
    with db.write():
        return _promote(db, _proposal(db, proposal_id))


def _promote(db: Database, wanted: Row) -> str:
    table = "tags" if wanted["kind"] == "tag" else "categories"
    ids = [
        row["content_asset_id"]
        for row in db.all(
            "select content_asset_id from label_proposal_uses where proposal_id = ?", (wanted["id"],)
        )
    ]
    home, word = str(wanted["workspace_id"]), str(wanted["name"])
    # meanwhile a tag, or another name of one
    label = known_words(db, home).get(fold_tag(word)) if wanted["kind"] == "tag" else None
    if label is None:
        db.run(f"insert into {table} (workspace_id, name) values (?, ?) on conflict do nothing", (home, word))
    db.run("delete from label_proposals where id = ?", (wanted["id"],))
    # the content in which it was met gets it
    db.run("insert into acting (actor) values ('machine')")
    queue_targets(db, ids)
    db.run("delete from acting")
    return label or word


def refuse_proposal(db: Database, proposal_id: str) -> str:
    with db.write():
        wanted = _proposal(db, proposal_id)
        db.run(
            "update label_proposals set state = 'refused', updated_at = ? where id = ?",
            (db.now(), proposal_id),
        )
        db.run("delete from label_proposal_uses where proposal_id = ?", (proposal_id,))
    return str(wanted["name"])


def _proposal(db: Database, proposal_id: str) -> Row:
    found = db.one("select id, workspace_id, kind, name from label_proposals where id = ?", (proposal_id,))
    if found is None:
        raise NotFoundError(f"no proposal {proposal_id}; see: campaignbase tags proposals")
    return found


def promote_due(db: Database) -> str | None:
    with db.write():
        due = db.one(
            "select label_proposals.id, label_proposals.workspace_id, kind, label_proposals.name"
            " from label_proposals"
            " inner join workspaces on label_proposals.workspace_id = workspaces.id"
            " inner join label_proposal_uses as used on label_proposals.id = used.proposal_id"
            " where kind = 'tag' and state = 'open' and promote_after is not null"
            " group by label_proposals.id having count(*) >= promote_after"
            " order by label_proposals.id limit 1"
        )
        return None if due is None else _promote(db, due)


def unwanted(db: Database, workspace_id: str) -> set[str]:
    """Folds of words that a person refused or removed as tags: no file brings them back."""
    return {
        row["folded_name"]
        for row in db.all(
            "select folded_name from label_proposals where workspace_id = ? and kind = 'tag'"
            " and state <> 'open'",
            (workspace_id,),
        )
    }
