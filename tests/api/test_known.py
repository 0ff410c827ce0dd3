"""A caller's workspace is looked up once in a few seconds."""

from dataclasses import replace

from campaignbase.api import known
from campaignbase.api.known import KnownWorkspaces
from campaignbase.models import Workspace

MINE = Workspace("w", "mine", "m", 1)


async def test_a_workspace_is_remembered_by_caller_and_name_for_seconds() -> None:
    now, looks = 0.0, 0
    found = KnownWorkspaces(lambda: now)

    async def look() -> Workspace:
        nonlocal looks
        looks += 1
        return MINE

    for now, caller, name, times in [
        (0.0, "ann", None, 1),
        (4.9, "ann", None, 1),
        (4.9, "ann", "mine", 2),
        (4.9, "bo", None, 3),  # never another caller's
        (5.0, "ann", None, 4),
    ]:
        assert await found.find(caller, name, look) == MINE
        assert looks == times, (now, caller, name)
    for number in range(known.MOST):
        await found.find(f"user {number}", None, look)
    assert len(found._found) == known.MOST


async def test_one_whose_model_is_open_is_looked_up_each_time() -> None:
    """Its first vector fixes the model, and a search by another one would find nothing."""
    open_one = replace(MINE, embedding_model=None)
    found = KnownWorkspaces()
    answers = [open_one, open_one, MINE]

    async def look() -> Workspace:
        return answers.pop(0)

    assert [await found.find("ann", None, look) for _ in range(4)] == [open_one, open_one, MINE, MINE]
