"""Who may do what with webhooks, and what SQL computes as Python does."""

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from tests.sql.scene import Scene, answer, rows, value
from tests.support.webhook_cases import CASES, MESSAGES

from campaignbase.core.webhook_schedule import DELAYS, MAX_TRIES, pause

URL = "https://hooks.acme.com/in"
PEOPLE = ["owner", "editor", "viewer", "stranger", "anon"]


@pytest.mark.parametrize(("table", "allow_local"), [("urls", False), ("local_urls", True)])
def test_addresses_are_refused_in_the_words_of_the_table(scene: Scene, table: str, allow_local: bool) -> None:
    asked = [case["url"] for case in CASES[table]]
    found = rows(
        scene.owner,
        "select private.webhook_url_error(url, %s) as error"
        " from unnest(%s::text[]) with ordinality as asked (url, place) order by place",
        [allow_local, asked],
    )
    wrong = [
        (case["url"], row["error"])
        for case, row in zip(CASES[table], found, strict=True)
        if row["error"] != MESSAGES.get(case["refused"])
    ]
    assert wrong == []


@pytest.mark.parametrize("failures", range(1, 12))
def test_a_delay_is_the_plan_and_a_tenth_to_both_sides(scene: Scene, failures: int) -> None:
    planned = DELAYS[min(failures, len(DELAYS)) - 1]
    [found] = rows(
        scene.owner,
        "select min(delay) as least, max(delay) as most"
        " from (select extract(epoch from private.webhook_delay(%s)) as delay from generate_series(1, 500))"
        " as drawn",
        [failures],
    )
    assert 0.9 * planned <= found["least"] <= 0.95 * planned
    assert 1.05 * planned <= found["most"] <= 1.1 * planned


def test_pauses_and_tries_are_those_of_the_core(scene: Scene) -> None:
    found = rows(
        scene.owner,
        "select extract(epoch from private.webhook_pause(n)) as pause"
        " from generate_series(0, 40) as n order by n",
    )
    assert [None if row["pause"] is None else float(row["pause"]) for row in found] == [
        pause(failures) for failures in range(41)
    ]
    assert value(scene.owner, "select private.webhook_tries()") == MAX_TRIES


class House:
    """A workspace with an endpoint and a delivery, everybody in it, and a stranger from the next one."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.ours, self.theirs = scene.workspace("Ours"), scene.workspace("Theirs")
        self.endpoint = scene.insert("webhook_endpoints", workspace_id=self.ours, name="crm", url=URL)
        scene.insert("webhook_endpoints", workspace_id=self.theirs, name="crm", url=URL)
        self.delivery = value(scene.service, "select public.test_webhook(%s)", [self.endpoint])
        self.people: dict[str, uuid.UUID | None] = {
            role: scene.member(self.ours, role=role) for role in ("owner", "editor", "viewer")
        }
        self.people["stranger"] = scene.member(self.theirs, role="owner")

    def as_(self, person: str) -> psycopg.Connection[Any]:
        if person == "anon":
            return self.scene.session("anon")
        return self.scene.session("authenticated", self.people[person])


@pytest.fixture
def house(scene: Scene) -> House:
    return House(scene)


def attempt(act: Callable[[], Any]) -> Any:
    """What it answers, or the refusal's SQLSTATE."""
    try:
        return act()
    except psycopg.Error as error:
        return error.sqlstate


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("select from public.webhook_endpoints where workspace_id = %(ours)s", (1, 1, 0, 0, "42501")),
        ("select from public.webhook_deliveries where workspace_id = %(ours)s", (1, 1, 0, 0, "42501")),
        ("select from private.webhook_secrets", ("42501",) * 5),
        (
            f"insert into public.webhook_endpoints (workspace_id, name, url) values (%(ours)s, 'x', '{URL}')",
            (1, "42501", "42501", "42501", "42501"),
        ),
        (
            "update public.webhook_endpoints set enabled = false where id = %(endpoint)s",
            (1, 0, 0, 0, "42501"),
        ),
        ("update public.webhook_endpoints set name = 'x' where id = %(endpoint)s", ("42501",) * 5),
        ("update public.webhook_endpoints set failures = 0 where id = %(endpoint)s", ("42501",) * 5),
        ("update public.webhook_endpoints set paused_until = null where id = %(endpoint)s", ("42501",) * 5),
        ("update public.webhook_endpoints set disabled_reason = 'x' where id = %(endpoint)s", ("42501",) * 5),
        ("delete from public.webhook_endpoints where id = %(endpoint)s", (1, 0, 0, 0, "42501")),
        (
            (
                "insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload)"
                " values (%(ours)s, %(endpoint)s, 'webhook.test', '{}')"
            ),
            ("42501",) * 5,
        ),
        ("update public.webhook_deliveries set state = 'waiting' where id = %(delivery)s", ("42501",) * 5),
        ("delete from public.webhook_deliveries where id = %(delivery)s", ("42501",) * 5),
        ("select public.rotate_webhook_secret(%(endpoint)s)", (1, "PT404", "PT404", "PT404", "42501")),
        ("select public.test_webhook(%(endpoint)s)", (1, 1, "PT404", "PT404", "42501")),
        ("select public.replay_deliveries(null, %(endpoint)s)", (1, 1, 1, 1, "42501")),
        ("select public.claim_deliveries('me')", ("42501",) * 5),
        ("select public.complete_deliveries('[]')", ("42501",) * 5),
        ("select private.new_webhook_secret()", ("42501",) * 5),
    ],
    ids=lambda found: found[:60] if isinstance(found, str) else "",
)
def test_who_may(house: House, what: str, expected: tuple[Any, ...]) -> None:
    about = {"ours": house.ours, "endpoint": house.endpoint, "delivery": house.delivery}
    # whoever may do least goes first, so that what the owner does stands in nobody's way
    found = {
        person: attempt(lambda person=person: house.as_(person).execute(what, about).rowcount)
        for person in reversed(PEOPLE)
    }
    assert tuple(found[person] for person in PEOPLE) == expected


def test_replay_reaches_only_what_the_caller_may_edit(house: House) -> None:
    house.scene.owner.execute("update public.webhook_deliveries set state = 'dead'")
    for person, replayed in (("viewer", 0), ("stranger", 0), ("editor", 1)):
        call = "select public.replay_deliveries(array[%s::uuid])"
        assert value(house.as_(person), call, [house.delivery]) == replayed


def test_an_owner_who_saves_a_hostile_address_is_told_and_nothing_is_written(house: House) -> None:
    owner = house.as_("owner")
    for case in CASES["urls"]:
        if case["refused"] is None or "\x00" in case["url"]:
            continue
        for query in (
            "insert into public.webhook_endpoints (workspace_id, name, url) values (%(ours)s, 'x', %(url)s)",
            "update public.webhook_endpoints set url = %(url)s where id = %(endpoint)s",
        ):
            with pytest.raises(psycopg.Error) as refused:
                owner.execute(query, {"ours": house.ours, "endpoint": house.endpoint, "url": case["url"]})
            assert refused.value.sqlstate == "22023", case["url"]
            assert str(refused.value.diag.message_primary).endswith(MESSAGES[case["refused"]]), case["url"]
    found = rows(house.scene.owner, "select name, url from public.webhook_endpoints")
    assert found == [{"name": "crm", "url": URL}] * 2


def test_a_dashboard_insert_just_works(scene: Scene) -> None:
    workspace = scene.workspace()
    member = scene.member(workspace, role="owner")
    session = scene.session("authenticated", member)
    session.execute("insert into public.webhook_endpoints (name, url) values ('crm', %s)", [URL])
    [found] = rows(session, "select id, workspace_id from public.webhook_endpoints")
    assert found["workspace_id"] == workspace
    secret = value(session, "select public.rotate_webhook_secret(%s)", [found["id"]])
    assert secret.startswith("whsec_")


def test_a_rule_of_another_workspace_tells_nobody(house: House) -> None:
    scene = house.scene
    rule = scene.insert(
        "automation_rules", workspace_id=house.theirs, name="x", rule_type="tagging",
        conditions='{"language": "en"}', actions='{"webhook": "crm"}',
    )  # fmt: skip
    scene.owner.execute("delete from public.webhook_deliveries")
    scene.asset(house.ours)
    [job] = scene.claim()
    assert scene.complete(answer(job, rules=[{"id": str(rule), "success": True}])) == ["accepted"]
    assert rows(scene.owner, "select from public.webhook_deliveries") == []


def test_names_never_change(house: House) -> None:
    with pytest.raises(
        psycopg.errors.InvalidParameterValue, match=r"^webhook 'x': its name cannot be changed"
    ):
        house.scene.service.execute("update public.webhook_endpoints set name = 'x'")


def test_two_workers_claim_nothing_twice(house: House) -> None:
    """Each holds its claim open while the other asks."""
    for _ in range(9):
        value(house.scene.service, "select public.test_webhook(%s)", [house.endpoint])
    first = house.scene.as_("service_role", autocommit=False)
    claim = "select delivery_id from public.claim_deliveries('w', 10)"
    mine = {row["delivery_id"] for row in rows(first, claim)}
    # the endpoint is being claimed from: it is passed by, not waited for
    assert rows(house.scene.service, claim) == []
    first.commit()
    assert len(mine) == 4
    assert rows(house.scene.service, claim) == []


def test_a_claim_reads_by_its_index(scene: Scene) -> None:
    workspace = scene.workspace()
    endpoint = scene.insert("webhook_endpoints", workspace_id=workspace, name="crm", url=URL)
    scene.owner.execute(
        "insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload, state)"
        " select %s, %s, 'webhook.test', '{}', case when n <= 50 then 'waiting' else 'delivered' end"
        " from generate_series(1, 20000) as n",
        [workspace, endpoint],
    )
    scene.owner.execute("analyze public.webhook_deliveries")
    plan = "\n".join(
        row["QUERY PLAN"]
        for row in rows(
            scene.owner,
            "explain select id from public.webhook_deliveries where endpoint_id = %s"
            " and state in ('waiting', 'leased') and run_at <= now() order by run_at limit 4",
            [endpoint],
        )
    )
    assert "idx_webhook_deliveries_claimable" in plan
