"""Categories on SQLite."""

import sqlite3
from collections.abc import Sequence

from campaignbase.core.names import check_label, check_name, check_new_category
from campaignbase.core.rule_names import CATEGORY_FIELDS
from campaignbase.core.text import fold
from campaignbase.errors import InputError, NotFoundError
from campaignbase.models import Category
from campaignbase.stores import rows as read
from campaignbase.stores.sqlite_connection import Database
from campaignbase.stores.sqlite_rows import decode, to_json
from campaignbase.stores.sqlite_tags import no_doubles, rename_in_rules


def categories(db: Database, workspace_id: str) -> list[Category]:
    found = db.all(
        "select id, name, parent_id, description, keywords, aliases, manual_only, usage_count from categories"
        " where workspace_id = ? order by name",
        (workspace_id,),
    )
    return [read.category(decode(row)) for row in found]


def add_categories(db: Database, workspace_id: str, new: Sequence[Category]) -> int:
    with db.write():
        known = {category.name for category in categories(db, workspace_id)}
        fresh = {category.name: category for category in reversed(new) if category.name not in known}
        for category in reversed(fresh.values()):
            check_label("category", category)
            check_new_category(category.name, known)
            known.add(category.name)
            db.run(
                "insert into categories"
                " (workspace_id, name, parent_id, description, keywords, aliases, manual_only)"
                " values (?, ?, ?, ?, ?, ?, ?)",
                (
                    workspace_id,
                    category.name,
                    category.parent_id,
                    category.description,
                    to_json(category.keywords),
                    to_json(category.aliases),
                    category.manual_only,
                ),
            )
        return len(fresh)


def remove_category(db: Database, workspace_id: str, name: str) -> None:
    with db.write():
        key = _category_id(db, workspace_id, name)
        if db.value("select 1 from categories where workspace_id = ? and parent_id = ?", (workspace_id, key)):
            raise InputError(f"category {name!r} has categories below it; remove or move those first")
        try:
            db.run("delete from categories where id = ?", (key,))
        except sqlite3.IntegrityError:
            raise InputError(
                f"category {name!r} is in use and cannot be deleted;"
                " File its content and campaigns under another category first."
            ) from None


def rename_category(db: Database, workspace_id: str, name: str, new_name: str) -> None:
    check_name("category", new_name)
    with db.write(), no_doubles(db, workspace_id):
        key = _category_id(db, workspace_id, name)
        _check_other(db, workspace_id, name, new_name)
        _call_by_name(db, workspace_id, name)
        db.run("update categories set name = ? where id = ?", (new_name, key))


def edit_category(db: Database, workspace_id: str, name: str, new: Category) -> None:
    check_label("category", new)
    with db.write(), no_doubles(db, workspace_id):
        key = _category_id(db, workspace_id, name)
        _check_other(db, workspace_id, name, new.name)
        if new.name != name:
            _call_by_name(db, workspace_id, name)
        db.run(
            "update categories set name = ?, parent_id = ?, description = ?, keywords = ?, aliases = ?,"
            " manual_only = ? where id = ?",
            (
                *(new.name, new.parent_id, new.description, to_json(new.keywords), to_json(new.aliases)),
                *(new.manual_only, key),
            ),
        )


def _call_by_name(db: Database, workspace_id: str, name: str) -> None:
    """Rules call the category by its very name, so that the trigger on renames finds it there."""
    folded = fold(name)
    rename_in_rules(db, workspace_id, CATEGORY_FIELDS, lambda word: fold(word) == folded, name)


def _check_other(db: Database, workspace_id: str, name: str, new_name: str) -> None:
    check_new_category(new_name, [other.name for other in categories(db, workspace_id) if other.name != name])


def _category_id(db: Database, workspace_id: str, name: str) -> str:
    key = db.value("select id from categories where workspace_id = ? and name = ?", (workspace_id, name))
    if key is None:
        raise NotFoundError(f"no category {name!r}; see: campaignbase categories")
    return str(key)
