import pytest

from campaignbase.cache.keys import make_key

HOME, OTHER = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
BASE = {"workspace_id": HOME, "kind": "ai_analysis", "content_hash": "h"}
VARIANTS = [
    {},
    {"workspace_id": OTHER},
    {"kind": "keywords"},
    {"content_hash": "i"},
    {"model": "m"},
    {"model": "n"},
    {"prompt_version": "m"},
    {"vocabulary_version": 1},
    {"asset_id": "1"},
    {"campaign_id": "1"},
    {"model": "m", "prompt_version": "1"},
    {"model": "m1"},
    {"about": "1"},
]


def test_everything_an_answer_depends_on_is_in_its_key() -> None:
    digests = [make_key(**{**BASE, **variant}).digest for variant in VARIANTS]  # type: ignore[arg-type]
    assert len(set(digests)) == len(VARIANTS)
    assert digests[0] == make_key(HOME, "ai_analysis", "h").digest  # and nothing else


def test_a_key_carries_the_scopes_it_ends_with() -> None:
    key = make_key(HOME, "ai_analysis", "h", asset_id="7", campaign_id="8")
    assert key.scopes == (
        "*",
        "kind:ai_analysis",
        f"workspace:{HOME}",
        f"workspace:{HOME}:kind:ai_analysis",
        f"workspace:{HOME}:text:h",
        f"key:{key.digest}",
        "asset:7",
        "campaign:8",
    )


def test_a_kind_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(KeyError, match="horoscope"):
        make_key(HOME, "horoscope", "h")
