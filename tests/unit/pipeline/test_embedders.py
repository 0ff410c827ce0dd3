"""Which embedder a workspace gets, and what is said where there is none."""

import pytest

from campaignbase import wiring
from campaignbase.errors import NotConfiguredError
from campaignbase.models import Workspace
from campaignbase.pipeline.embedders import Embedders
from campaignbase.settings import Settings
from campaignbase.testing import HashEmbedder

SHIPPED, HOSTED = "campaignbase-static-1", "text-embedding-3-small"


def workspace(model: str | None) -> Workspace:
    return Workspace("1", "acme", model, 1)


def test_of_gives_a_new_workspace_the_default_and_an_old_one_its_own() -> None:
    new, old = HashEmbedder("new"), HashEmbedder("old")
    embedders = Embedders(new, [old])
    assert embedders.of(workspace(None)) is new
    assert embedders.of(workspace("new")) is new
    assert embedders.of(workspace("old")) is old
    assert embedders.find("unheard of") is None


def test_of_names_what_to_do_about_a_model_that_is_not_at_hand() -> None:
    embedders = Embedders(HashEmbedder("a"), [HashEmbedder("b")], {"c": "set A_KEY"})
    with pytest.raises(NotConfiguredError) as caught:
        embedders.of(workspace("c"))
    assert str(caught.value) == "workspace 'acme' holds vectors by 'c'; set A_KEY"
    with pytest.raises(NotConfiguredError) as caught:
        embedders.of(workspace("d"))
    assert str(caught.value) == (
        "workspace 'acme' holds vectors by 'd';"
        " this version embeds with 'a', 'b' and keeps vectors as they are"
    )


@pytest.mark.parametrize(
    ("key", "model", "expected"),
    [
        ("", None, SHIPPED),
        ("sk-1", None, HOSTED),
        ("sk-1", SHIPPED, SHIPPED),  # a key that appears later changes nothing
        ("sk-1", HOSTED, HOSTED),
        ("", HOSTED, None),
    ],
)
def test_a_key_decides_for_new_workspaces_only(
    monkeypatch: pytest.MonkeyPatch, key: str, model: str | None, expected: str | None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", key)
    embedders = wiring.embedders(Settings())
    if expected is None:
        with pytest.raises(
            NotConfiguredError,
            match=r"; set OPENAI_API_KEY in the environment or in \.env, then run this again$",
        ):
            embedders.of(workspace(model))
    else:
        assert embedders.of(workspace(model)).model == expected


async def test_aclose_closes_each() -> None:
    closed = []

    class Closing(HashEmbedder):
        async def close(self) -> None:
            closed.append(self.model)

    await Embedders(Closing("a"), [Closing("b")]).aclose()
    assert sorted(closed) == ["a", "b"]
