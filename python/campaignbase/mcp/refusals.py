"""Arguments that a tool does not take, said in plain words."""

from typing import Any

import pydantic
from fastmcp.exceptions import ValidationError
from fastmcp.server.middleware import CallNext, Middleware, MiddlewareContext

MOST = 5  # that are named


class PlainRefusals(Middleware):
    """Pydantic's own text repeats what was sent and links to pages about itself."""

    async def on_call_tool(self, context: MiddlewareContext[Any], call_next: CallNext[Any, Any]) -> Any:
        try:
            return await call_next(context)
        except ValidationError as error:
            cause = error.__cause__
            if not isinstance(cause, pydantic.ValidationError):
                raise
            raise ValidationError(plain(context.message.name, cause), log_level=error.log_level) from cause


def plain(tool: str, error: pydantic.ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    lines = [f"{'.'.join(map(str, one['loc']))}: {one['msg'].removeprefix('Value error, ')}" for one in found]
    more = f"; and {len(lines) - MOST} more" if len(lines) > MOST else ""
    return f"{tool}: {'; '.join(lines[:MOST])}{more}; see the tool's input schema"
