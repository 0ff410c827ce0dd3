"""What providers said, kept in the cache: vectors of texts, and analyses of all that was told with a text."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from campaignbase.cache.keys import Key, make_key
from campaignbase.cache.manager import CacheManager, Computed
from campaignbase.cache.values import MISSING
from campaignbase.core.hashing import content_hash
from campaignbase.core.money import shares
from campaignbase.models import (
    DIMENSIONS,
    Analysis,
    AnalysisRequest,
    LabelChoice,
    TagChoice,
    Usage,
)
from campaignbase.ports import Analyst, Embedder, PaidEmbedder
from campaignbase.ports.cache import Paying

SAME = 4  # decimals: similarities that differ by less are the same question


class CachedAnswers:
    """`campaignbase.ports.cache.Answers`."""

    def __init__(
        self, cache: CacheManager, local: Collection[str] = (), asking: Paying | None = None
    ) -> None:
        """
        Args:
            local: models and analysts that run in this process: quicker than any tier but memory.
            asking: how embedders are asked for what is not known; None: by themselves.
        """
        self._asking = asking
        self._cache = cache
        self._local = frozenset(local)

    async def embed(self, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        kind = "local_embedding" if embedder.model in self._local else "embedding"
        keys = [
            make_key(workspace, kind, content_hash(text), model=embedder.model) for workspace, text in texts
        ]
        words = dict(zip(keys, texts, strict=True))

        async def compute(missing: Sequence[Key]) -> Sequence[Any]:
            wanted = [words[key] for key in missing]
            asked = [text for _, text in wanted]
            cost = Decimal(0)
            if self._asking is not None:
                vectors, cost = await self._asking.embed_paid(embedder, wanted)
            elif isinstance(embedder, PaidEmbedder):
                vectors, cost = await embedder.embed_paid(asked)
            else:
                vectors = await embedder.embed(asked)
            costs = shares(cost, [Decimal(len(text)) for text in asked])
            return [Computed(vector, float(part)) for vector, part in zip(vectors, costs, strict=True)]

        found = await self._cache.get_or_compute_many(keys, compute)
        if not keys:
            return np.zeros((0, DIMENSIONS), np.float32)
        return np.stack([found[key] for key in keys])

    async def analyze(self, analyst: Analyst, requests: Sequence[AnalysisRequest]) -> list[Analysis]:
        if analyst.name in self._local:
            return await analyst.analyze(requests)
        keys = [_analysis_key(analyst, request) for request in requests]
        asked = dict(zip(keys, requests, strict=True))
        fresh: dict[Key, Analysis] = {}

        async def compute(missing: Sequence[Key]) -> Sequence[Any]:
            answers = await analyst.analyze([asked[key] for key in missing])
            fresh.update(zip(missing, answers, strict=True))
            return [
                Computed(write(answer), float(answer.cost or 0)) if _is_kept(analyst, answer) else MISSING
                for answer in answers
            ]

        found = await self._cache.get_or_compute_many(keys, compute)
        left = [key for key in asked if key not in found and key not in fresh]
        if left:  # somebody else asked at the same time, and got nothing that is kept
            fresh.update(zip(left, await analyst.analyze([asked[key] for key in left]), strict=True))
        return [fresh.get(key) or replace(read(found[key]), cost=None, usage=None) for key in keys]


def _is_kept(analyst: Analyst, answer: Analysis) -> bool:
    """Not what the next try may answer better, nor what another one answered in the place of this one."""
    return answer.failure is None and answer.refused is None and answer.model in (None, analyst.name)


def _analysis_key(analyst: Analyst, request: AnalysisRequest) -> Key:
    """Of all an analyst goes by. What machines wrote on the row before is not among it."""
    item = request.item
    told = [
        item.facts is None,  # a campaign
        [(label, round(score, SAME)) for label, score in (*item.categories, *item.tags)],
        [
            (near.id, near.category_id, round(near.similarity, SAME), near.tags, near.audience, near.text)
            for near in item.neighbors
        ],
        sorted(item.human_fields),
        sorted(item.rejected_tags),
    ]
    return make_key(
        item.workspace_id,
        "ai_analysis",
        content_hash(request.text),
        model=analyst.name,
        prompt_version=analyst.prompt_version or "",
        vocabulary_version=request.vocabulary.version,
        about=hashlib.sha256(json.dumps(told).encode()).hexdigest(),
    )


def write(analysis: Analysis) -> dict[str, Any]:
    """As JSON, of what is kept."""
    written = asdict(analysis)
    del written["failure"], written["refused"], written["fallback"]
    written["cost"] = None if analysis.cost is None else str(analysis.cost)
    return written


def read(written: Mapping[str, Any]) -> Analysis:
    return Analysis(
        category=_choice(written["category"]),
        sentiment=_choice(written["sentiment"]),
        audience=_choice(written["audience"]),
        tags=tuple(TagChoice(**tag) for tag in written["tags"]),
        cost=None if written["cost"] is None else Decimal(written["cost"]),
        usage=None if written.get("usage") is None else Usage(**written["usage"]),
        model=written.get("model"),
        prompt_version=written.get("prompt_version"),
    )


def _choice(written: Mapping[str, Any]) -> LabelChoice:
    return LabelChoice(**{**written, "reasons": tuple(written["reasons"])})
