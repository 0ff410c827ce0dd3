"""The bucket media: who may read, add, change and delete a file, and files whose asset is gone."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from tests.sql.scene import Scene, rows, value

REFUSED = psycopg.errors.InsufficientPrivilege
MEGABYTE = 1024 * 1024


@dataclass
class House:
    """A workspace with an asset that has a file, the next one with the same, and who is where."""

    scene: Scene
    ours: uuid.UUID
    theirs: uuid.UUID
    asset: uuid.UUID
    their_asset: uuid.UUID
    people: dict[str, uuid.UUID]

    def session(self, person: str) -> psycopg.Connection[object]:
        if person in ("anon", "service_role"):
            return self.scene.session(person)
        return self.scene.of(self.people[person])

    @property
    def file(self) -> str:
        return f"{self.ours}/{self.asset}/kept.png"

    @property
    def their_file(self) -> str:
        return f"{self.theirs}/{self.their_asset}/kept.png"

    def names(self) -> set[str]:
        return {row["name"] for row in rows(self.scene.owner, "select name from storage.objects")}

    def add(self, name: str, person: str = "service_role", bucket: str = "media") -> None:
        self.session(person).execute(
            "insert into storage.objects (bucket_id, name) values (%s, %s)", [bucket, name]
        )


@pytest.fixture
def house(scene: Scene) -> Iterator[House]:
    ours, theirs = scene.workspace("Ours"), scene.workspace("Theirs")
    people = {role: scene.member(ours, role=role) for role in ("owner", "editor", "viewer")}
    people["stranger"] = scene.member(theirs, role="owner")
    people["both"] = scene.member(ours, theirs)
    made = House(scene, ours, theirs, scene.asset(ours), scene.asset(theirs), people)
    scene.owner.execute("insert into storage.buckets (id, name) values ('other', 'other')")
    for name in (made.file, made.their_file):
        made.add(name)
    yield made
    scene.owner.execute("delete from storage.objects")
    scene.owner.execute("delete from storage.buckets where id = 'other'")


def test_the_bucket_is_private_and_limited(scene: Scene) -> None:
    [bucket] = rows(scene.owner, "select * from storage.buckets where id = 'media'")
    assert bucket["public"] is False
    assert bucket["file_size_limit"] == 50 * MEGABYTE
    kinds = {kind.split("/")[0] for kind in bucket["allowed_mime_types"]}
    assert kinds == {"image", "video", "audio", "application"}
    assert "image/png" in bucket["allowed_mime_types"]
    # types that a browser runs
    assert not {"image/svg+xml", "text/html"} & set(bucket["allowed_mime_types"])


SEES = [
    ("owner", 1),
    ("editor", 1),
    ("viewer", 1),
    ("stranger", 1),
    ("both", 2),
    ("anon", 0),
    ("service_role", 2),
]


@pytest.mark.parametrize(("person", "count"), SEES)
def test_members_see_the_files_of_their_workspaces_and_no_other(
    house: House, person: str, count: int
) -> None:
    seen = {row["name"] for row in rows(house.session(person), "select name from storage.objects")}
    assert len(seen) == count
    if person == "stranger":
        assert seen == {house.their_file}
    elif count == 1:
        assert seen == {house.file}


@pytest.mark.parametrize("person", ["owner", "editor", "both", "service_role"])
def test_an_editor_adds_a_file_to_an_asset(house: House, person: str) -> None:
    name = f"{house.ours}/{house.asset}/new.png"
    house.add(name, person)
    assert name in house.names()


@pytest.mark.parametrize("person", ["viewer", "stranger", "anon"])
def test_nobody_else_does(house: House, person: str) -> None:
    with pytest.raises(REFUSED, match="row-level security"):
        house.add(f"{house.ours}/{house.asset}/new.png", person)


# why a name is refused; {w} our workspace, {a} its asset, {b} the other workspace's, {x} nobody's
NAMES = {
    "no asset": "{w}/new.png",
    "a folder below": "{w}/{a}/sub/new.png",
    "no file name": "{w}/{a}/",
    "a slash in front": "/{w}/{a}/new.png",
    "an asset that is not there": "{w}/{x}/new.png",
    "an asset of another workspace": "{w}/{b}/new.png",
    "another workspace": "{v}/{b}/new.png",
    "our asset in their folder": "{v}/{a}/new.png",
    "upper case": "{W}/{a}/new.png",
    "no uuid": "home/{a}/new.png",
    "a uuid with braces": "{{{w}}}/{a}/new.png",
    "almost a uuid": "{w}0/{a}/new.png",
    "empty": "",
    "only slashes": "//",
    "a line break in front": "\n{w}/{a}/new.png",
}


@pytest.mark.parametrize("why", NAMES)
def test_a_name_of_another_form_or_place_is_refused(house: House, why: str) -> None:
    name = NAMES[why].format(
        w=house.ours,
        W=str(house.ours).upper(),
        v=house.theirs,
        a=house.asset,
        b=house.their_asset,
        x=uuid.uuid4(),
    )
    assert name != NAMES[why] or name in ("", "//")
    with pytest.raises(REFUSED, match="row-level security"):
        house.add(name, "editor")


def test_no_other_bucket_is_opened(house: House) -> None:
    name = f"{house.ours}/{house.asset}/new.png"
    with pytest.raises(REFUSED, match="row-level security"):
        house.add(name, "editor", bucket="other")
    house.add(name, bucket="other")
    editor = house.session("editor")
    assert value(editor, "select count(*) from storage.objects where bucket_id = 'other'") == 0
    assert editor.execute("delete from storage.objects where bucket_id = 'other'").rowcount == 0
    assert (
        editor.execute("update storage.objects set metadata = '{}' where bucket_id = 'other'").rowcount == 0
    )


RENAME = "update storage.objects set name = %s where name = %s"


@pytest.mark.parametrize(("person", "changed"), [("editor", 1), ("owner", 1), ("viewer", 0), ("stranger", 0)])
def test_an_editor_renames_within_the_workspace(house: House, person: str, changed: int) -> None:
    another = house.scene.asset(house.ours)
    for name in (f"{house.ours}/{house.asset}/renamed.png", f"{house.ours}/{another}/moved.png"):
        before = next(iter(house.names() - {house.their_file}))
        assert house.session(person).execute(RENAME, [name, before]).rowcount == changed
        assert (name in house.names()) == bool(changed)


def test_a_file_is_not_moved_to_another_workspace_even_by_who_writes_in_both(house: House) -> None:
    name = f"{house.theirs}/{house.their_asset}/moved.png"
    for person in ("editor", "both"):
        with pytest.raises(REFUSED, match="row-level security"):
            house.session(person).execute(RENAME, [name, house.file])
    assert house.names() == {house.file, house.their_file}


def test_a_file_is_not_moved_to_another_bucket_or_a_bad_name(house: House) -> None:
    editor = house.session("editor")
    for change in ("bucket_id = 'other'", "name = 'x'", f"name = '{house.ours}/{uuid.uuid4()}/x.png'"):
        with pytest.raises(REFUSED, match="row-level security"):
            editor.execute(f"update storage.objects set {change}".encode())


def test_overwriting_keeps_the_file_and_its_place(house: House) -> None:
    upsert = (
        "insert into storage.objects (bucket_id, name, metadata) values ('media', %s, '{\"size\": 2}')"
        " on conflict (bucket_id, name) do update set metadata = excluded.metadata"
    )
    house.session("editor").execute(upsert, [house.file])
    found = value(
        house.scene.owner, "select metadata ->> 'size' from storage.objects where name = %s", [house.file]
    )
    assert found == "2"
    with pytest.raises(REFUSED):
        house.session("viewer").execute(upsert, [house.file])


@pytest.mark.parametrize(
    ("person", "deleted"), [("owner", 1), ("editor", 1), ("viewer", 0), ("stranger", 0), ("anon", 0)]
)
def test_an_editor_deletes(house: House, person: str, deleted: int) -> None:
    gone = house.session(person).execute("delete from storage.objects where name = %s", [house.file])
    assert gone.rowcount == deleted


def test_a_file_of_a_deleted_asset_can_still_be_removed_but_not_written(house: House) -> None:
    house.scene.owner.execute("delete from public.content_assets where id = %s", [house.asset])
    editor = house.session("editor")
    with pytest.raises(REFUSED):
        editor.execute("update storage.objects set metadata = '{}' where name = %s", [house.file])
    assert editor.execute("delete from storage.objects where name = %s", [house.file]).rowcount == 1


@pytest.mark.parametrize("person", ["editor", "anon"])
def test_members_neither_see_nor_make_buckets(house: House, person: str) -> None:
    session = house.session(person)
    assert rows(session, "select id from storage.buckets") == []
    with pytest.raises(REFUSED):
        session.execute("insert into storage.buckets (id, name) values ('mine', 'mine')")
    assert session.execute("update storage.buckets set public = true").rowcount == 0


def orphans(house: House, older_than_seconds: int = 0, match_count: int = 1000) -> set[str]:
    found = rows(
        house.session("service_role"),
        "select name from public.orphaned_media(%s, %s)",
        [older_than_seconds, match_count],
    )
    return {row["name"] for row in found}


def test_files_without_asset_are_orphans_and_what_is_not_ours_is_not(house: House) -> None:
    lost, stray = f"{house.ours}/{uuid.uuid4()}/x.png", "logo.png"
    misplaced = f"{house.theirs}/{house.asset}/x.png"  # our asset's id in their folder
    for name in (lost, stray, misplaced):
        house.add(name)
    house.add(f"{house.ours}/{uuid.uuid4()}/x.png", bucket="other")
    assert orphans(house) == {lost, misplaced}
    house.scene.owner.execute("delete from public.content_assets where id = %s", [house.asset])
    assert orphans(house) == {lost, misplaced, house.file}
    house.scene.owner.execute("delete from public.workspaces where id = %s", [house.theirs])
    assert orphans(house) == {lost, misplaced, house.file, house.their_file}
    assert len(orphans(house, match_count=2)) == 2
    assert len(orphans(house, match_count=-1)) == 1


def test_a_young_file_is_not_yet_an_orphan(house: House) -> None:
    lost = f"{house.ours}/{uuid.uuid4()}/x.png"
    house.add(lost)
    assert orphans(house, 3600) == set()
    house.scene.owner.execute("update storage.objects set created_at = now() - interval '61 minutes'")
    assert orphans(house, 3600) == {lost}


@pytest.mark.parametrize("person", ["owner", "anon"])
def test_only_workers_ask_for_orphans(house: House, person: str) -> None:
    with pytest.raises(REFUSED, match="permission denied for function orphaned_media"):
        house.session(person).execute("select * from public.orphaned_media()")


def test_all_files_of_a_workspace_are_listed_page_by_page(house: House) -> None:
    house.scene.owner.execute(
        "insert into storage.objects (bucket_id, name, metadata) select 'media',"
        " format('%%s/%%s/%%s.png', %s::uuid, %s::uuid, lpad(n::text, 4, '0')), '{\"size\": 5}'"
        " from generate_series(1, 1001) as n",
        [house.ours, house.asset],
    )
    house.add(f"{house.ours}/logo.png")
    worker, query = house.session("service_role"), "select * from public.workspace_media(%s, %s)"
    first = rows(worker, query, [house.ours, None])
    assert (len(first), first[0]) == (
        1000,
        {"name": f"{house.ours}/{house.asset}/0001.png", "size": 5, "content_type": None},
    )
    second = rows(worker, query, [house.ours, first[-1]["name"]])
    assert [row["name"].rpartition("/")[2] for row in second] == ["1001.png", "kept.png"]
    assert len(rows(worker, query, [house.theirs, None])) == 1


@pytest.mark.parametrize("person", ["owner", "anon"])
def test_only_the_service_lists_all_files(house: House, person: str) -> None:
    with pytest.raises(REFUSED, match="permission denied for function workspace_media"):
        house.session(person).execute("select * from public.workspace_media(%s)", [house.ours])
