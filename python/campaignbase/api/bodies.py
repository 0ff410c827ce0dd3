"""What a request must be before its route looks at it: an address without tricks, and a body that is JSON in
UTF-8, says nothing twice, and holds what every database keeps.

Who is nobody hears that first.
"""

import json
from collections import Counter
from collections.abc import Collection
from typing import Any

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant

from campaignbase.api.idempotency import Handler, IdempotentRoute
from campaignbase.api.problems import ProblemError, invalid
from campaignbase.core.storable import MOST_LEVELS, json_trouble

FORM = "multipart/form-data"


class StrictRoute(IdempotentRoute):
    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        takes = _taken(self)
        known = _parameters(self.dependant)

        async def checked(request: Request) -> Response:
            asked = StrictRequest(request.scope, request.receive)
            try:
                _check_address(asked, known)
                if takes is not None:
                    await _check_body(asked, takes)
            except ProblemError:
                await request.app.state.identify(asked)
                raise
            return await handle(asked)

        return checked


class StrictRequest(Request):
    """`json()` as RFC 8259 has it, which Python reads with less care."""

    async def json(self) -> Any:
        """Raises ProblemError 400."""
        if not hasattr(self, "_read"):
            self._read = read(await self.body())
        return self._read


def read(body: bytes) -> Any:
    """Raises ProblemError 400."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_fitting)
    except UnicodeDecodeError as error:
        told = f"byte {error.start} is not UTF-8; send JSON in UTF-8"
    except RecursionError:
        told = f"is nested deeper than {MOST_LEVELS} levels; make it flatter"
    except json.JSONDecodeError as error:
        told = f"is not JSON: {error.msg[0].lower()}{error.msg[1:]}, line {error.lineno} column {error.colno}"
    except ValueError as error:  # ours, and of an integer of more digits than Python reads
        told = str(error) if isinstance(error, _UnfitError) else "holds a number of more than 4,300 digits"
    raise ProblemError(400, f"the body {told}")


class _UnfitError(ValueError):
    """Words of ours."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise _UnfitError(f"says {name[:100]!r} twice; say it once")
    return found


def _no_constant(word: str) -> float:
    raise _UnfitError(f"holds {word}, which is no number of JSON; leave it out")


def _fitting(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _UnfitError(f"holds the number {digits[:50]}, which is too large to be kept; send it as text")
    return number


def _taken(route: IdempotentRoute) -> str | None:
    """The type of its body; None: it has none."""
    if route.body_field is None:
        return None
    return FORM if isinstance(route.body_field.field_info, params.Form) else "application/json"


def _parameters(dependant: Dependant) -> frozenset[str]:
    """The query parameters that a route and what it depends on read."""
    below = (_parameters(one) for one in dependant.dependencies)
    return frozenset(field.alias for field in dependant.query_params).union(*below)


def _check_address(request: Request, known: Collection[str]) -> None:
    if "\x00" in request.url.path or "\x00" in str(request.scope["path"]):
        raise invalid("path", "holds a NUL character; remove it")
    if len(request.headers.getlist("authorization")) > 1:
        raise invalid("header.Authorization", "is said twice; say it once")
    said = request.query_params.multi_items()
    for name, value in said:
        if "\x00" in f"{name}{value}":
            raise invalid(f"query.{name.replace(chr(0), '')}", "holds a NUL character; remove it")
    for name, count in Counter(name for name, _ in said).items():
        if count > 1:
            raise invalid(f"query.{name}", "is said twice; say it once")
        if name not in known and name != "workspace":  # which some clients say of every route
            told = f"; known: {', '.join(sorted(known))}" if known else ", which has none"
            raise invalid(f"query.{name}"[:100], f"is no parameter of this route{told}")


async def _check_body(request: StrictRequest, takes: str) -> None:
    """Raises ProblemError 400, 415, 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if takes == FORM:
        if kind not in (FORM, ""):
            raise _not_of_type(f"Content-Type {kind!r}", takes)
        return
    if not await request.body():
        return
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _not_of_type(f"Content-Encoding {request.headers['content-encoding']!r}", f"plain {takes}")
    if kind != takes and not (kind.startswith("application/") and kind.endswith("+json")):
        raise _not_of_type(f"Content-Type {kind!r}" if kind else "no Content-Type", takes)
    trouble = json_trouble(await request.json())
    if trouble is not None:
        place, told = trouble
        raise invalid(".".join(("body", *place)), told)


def _not_of_type(sent: str, expected: str) -> ProblemError:
    return ProblemError(415, f"{sent} is not read here; send a body of {expected}")
