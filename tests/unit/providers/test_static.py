import asyncio
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from campaignbase.errors import NotConfiguredError
from campaignbase.providers import static
from campaignbase.providers.static import FOLDER, PIECES_AT_ONCE, TEXTS_AT_ONCE, StaticEmbedder, load_model

POSTS = [
    "Spring sale: 20% off all running shoes",
    "We are hiring a data engineer",
    "How to prune roses in March",
]
WIDTH = 256  # of the model; the rest of a row is padding


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_encode_gives_a_row_of_the_column_s_width_for_every_text(
    embedder: StaticEmbedder, count: int
) -> None:
    vectors = embedder.encode(POSTS[:count])
    assert vectors.shape == (count, embedder.dim) == (count, 1536)
    assert vectors.dtype == np.float32


def test_encode_gives_unit_length_and_pads_with_zeros(embedder: StaticEmbedder) -> None:
    vectors = embedder.encode(POSTS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-6)
    assert not vectors[:, WIDTH:].any()
    assert vectors[:, :WIDTH].any(axis=0).all()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\n",
        "\u200b",  # zero width space: the tokenizer drops it
        "\U0001f711\U0001f712",  # alchemical symbols: word pieces the model does not know
        "x" * 101,  # a word longer than the tokenizer takes is one unknown piece
    ],
)
def test_encode_gives_zeros_where_no_word_piece_is_known(embedder: StaticEmbedder, text: str) -> None:
    vectors = embedder.encode([POSTS[0], text, POSTS[1]])
    assert not vectors[1].any()
    assert np.array_equal(vectors[[0, 2]], embedder.encode(POSTS[:2]))


def test_encode_leaves_unknown_word_pieces_out_of_the_mean(embedder: StaticEmbedder) -> None:
    plain, mixed = embedder.encode(["running shoes", "running \U0001f711 shoes"])
    assert np.array_equal(plain, mixed)


def test_a_vector_depends_on_its_own_text_alone(embedder: StaticEmbedder) -> None:
    """Also across the edge of a tokenizer call, and in any order."""
    many = [f"{POSTS[number % 3]} {number}" for number in range(TEXTS_AT_ONCE + 7)]
    together = embedder.encode(many)
    assert np.array_equal(together, embedder.encode(many[::-1])[::-1])
    assert all(np.array_equal(together[i], embedder.encode([many[i]])[0]) for i in (0, 1, TEXTS_AT_ONCE, -1))


def test_a_new_embedder_gives_the_same_bytes(embedder: StaticEmbedder) -> None:
    load_model.cache_clear()
    assert np.array_equal(StaticEmbedder().encode(POSTS), embedder.encode(POSTS))


def test_nothing_of_a_long_text_is_cut_off(embedder: StaticEmbedder) -> None:
    """The mean of a text repeated is the text's own; a different end changes it."""
    once, often = embedder.encode([POSTS[0], f"{POSTS[0]} " * (3 * PIECES_AT_ONCE // 8)])
    other = embedder.encode([f"{POSTS[0]} " * (3 * PIECES_AT_ONCE // 8) + "roses " * PIECES_AT_ONCE])[0]
    assert once @ often == pytest.approx(1, abs=1e-5)
    assert once @ other < 0.99


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        (POSTS[0], "Big discounts on sneakers this week", POSTS[1]),
        (POSTS[1], "Join our team: open position for a developer", POSTS[2]),
        (POSTS[2], "Gardening tips for early spring", POSTS[1]),
        ("my card has not arrived", "where is the bank card you sent me", "please change my PIN"),
    ],
)
def test_near_in_meaning_is_near_in_space(embedder: StaticEmbedder, text: str, near: str, far: str) -> None:
    vectors = embedder.encode([text, near, far])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_encode_ignores_case_and_accents(embedder: StaticEmbedder) -> None:
    """The teacher is uncased: all-MiniLM-L6-v2."""
    plain, written = embedder.encode(["cafe opening", "CAFÉ Opening"])
    assert np.array_equal(plain, written)


def test_embed_is_encode(embedder: StaticEmbedder) -> None:
    assert np.array_equal(asyncio.run(embedder.embed(POSTS)), embedder.encode(POSTS))


def test_the_files_are_the_form_model2vec_reads(embedder: StaticEmbedder) -> None:
    from model2vec import StaticModel

    theirs = StaticModel.from_pretrained(FOLDER, max_length=None).encode(POSTS)
    assert embedder.encode(POSTS)[:, :WIDTH] == pytest.approx(theirs, abs=1e-5)


def test_load_model_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(NotConfiguredError) as caught:
        load_model(tmp_path)
    assert str(caught.value) == (
        f"the shipped embedder: model.safetensors is not in {tmp_path}; install campaignbase again, "
        "or in a checkout run scripts/distill_embedder.py"
    )


def test_importing_the_provider_loads_no_model() -> None:
    code = (
        "import sys, campaignbase.providers.static;"
        "print([name for name in ('tokenizers', 'safetensors') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_embed_takes_long_texts_a_part_at_a_time(
    embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static, "CHARACTERS_AT_ONCE", 50)
    encode = embedder.encode
    parts: list[int] = []
    monkeypatch.setattr(embedder, "encode", lambda texts: parts.append(len(texts)) or encode(texts))

    vectors = await embedder.embed([*POSTS, POSTS[0]])  # 38, 29, 27 and 38 characters

    assert parts == [2, 2]
    assert np.array_equal(vectors, encode([*POSTS, POSTS[0]]))
