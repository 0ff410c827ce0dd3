"""Batches as both providers keep them: questions in, results in another order, each with its own fate."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support import model_answers as answers
from tests.support.model_answers import Api, Asked, Fault

Made = Callable[[Api, dict[str, Any], Asked], dict[str, Any]]
# of one question in a batch; lost: no line says anything of it
FATES = frozenset({"expired", "canceled", "lost", "broken_line", "twice", "foreign"})


@dataclass
class Desk:
    """`answer` makes the message or response to one question."""

    answer: Made
    fates: dict[str, str] = field(default_factory=dict)  # by name of the question
    polls_until_done: int = 1
    batches: dict[str, tuple[Api, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    polled: dict[str, int] = field(default_factory=dict)
    canceled: list[str] = field(default_factory=list)

    def handle(self, api: Api, method: str, path: str, raw: bytes) -> bytes | None:
        """The body of a 200; None: no such door."""
        parts = path.strip("/").split("/")[1:]  # without v1
        if api == "anthropic":
            parts = parts[1:]  # nor messages
        if parts[:1] == ["batches"] and len(parts) > 1 and parts[1] not in self.batches:
            return None
        match (method, *parts):
            case ("POST", "files"):
                key = f"file-{len(self.files) + 1}"
                self.files[key] = _uploaded(raw)
                return _json({"id": key, "object": "file", "purpose": "batch"})
            case ("GET", "files", key, "content"):
                return self.files[key]
            case ("POST", "batches"):
                return self._submit(api, json.loads(raw))
            case ("GET", "batches", key):
                self.polled[key] = self.polled.get(key, 0) + 1
                return _json(self._state(key))
            case ("GET", "batches", key, "results"):
                return b"\n".join(self._lines(key))
            case ("POST", "batches", key, "cancel"):
                self.canceled.append(key)
                return _json(self._state(key))
        return None

    def _submit(self, api: Api, body: dict[str, Any]) -> bytes:
        key = f"batch_{len(self.batches) + 1}"
        if api == "anthropic":
            questions = {row["custom_id"]: row["params"] for row in body["requests"]}
        else:
            assert (body["endpoint"], body["completion_window"]) == ("/v1/responses", "24h")
            rows = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
            assert {(row["method"], row["url"]) for row in rows} == {("POST", "/v1/responses")}
            questions = {row["custom_id"]: row["body"] for row in rows}
        self.batches[key] = (api, questions)
        return _json(self._state(key))

    def _state(self, key: str) -> dict[str, Any]:
        api, questions = self.batches[key]
        done = self.polled.get(key, 0) > self.polls_until_done
        good = sum(1 for name in questions if self.fates.get(name, "none") not in (*answers.REFUSALS, *FATES))
        bad = len(questions) - good
        if api == "anthropic":
            counts = {"processing": 0 if done else len(questions), "succeeded": good if done else 0,
                      "errored": bad if done else 0, "canceled": 0, "expired": 0}  # fmt: skip
            return {
                "id": key, "type": "message_batch", "processing_status": "ended" if done else "in_progress",
                "request_counts": counts, "created_at": "2026-11-23T00:00:00Z",
                "expires_at": "2026-11-24T00:00:00Z",
                "results_url": f"/v1/messages/batches/{key}/results" if done else None,
            }  # fmt: skip
        if done:
            both = self._lines(key)
            self.files[f"{key}-out"] = b"\n".join(both[::2])
            self.files[f"{key}-err"] = b"\n".join(both[1::2])
        counts = {"total": len(questions), "completed": good if done else 0, "failed": bad if done else 0}
        return {
            "id": key, "object": "batch", "endpoint": "/v1/responses", "completion_window": "24h",
            "input_file_id": "file-1", "created_at": 1, "request_counts": counts,
            "status": "completed" if done else "in_progress",
            "output_file_id": f"{key}-out" if done else None, "error_file_id": f"{key}-err" if done else None,
        }  # fmt: skip

    def _lines(self, key: str) -> list[bytes]:
        """Last question first."""
        api, questions = self.batches[key]
        found: list[bytes] = []
        for name, body in reversed(questions.items()):
            fate = self.fates.get(name, "none")
            line = _json(self._line(api, name, body, fate))
            if fate == "broken_line":
                line = line[: len(line) // 2]
            if fate == "foreign":
                line = line.replace(name.encode(), b"somebody-elses")
            if fate == "twice":
                later = self._line(api, name, body, "wrong_slot")
                found.append(line + b"\n" + _json(later))
            elif fate != "lost":
                found.append(line)
        return found

    def _line(self, api: Api, name: str, body: dict[str, Any], fate: str) -> dict[str, Any]:
        if fate in answers.REFUSALS:
            status, refused = answers.refusal(api, fate)
            if api == "anthropic":
                return {"custom_id": name, "result": {"type": "errored", "error": refused}}
            return {"custom_id": name, "response": {"status_code": status, "body": refused}, "error": None}
        if fate in ("expired", "canceled"):
            if api == "anthropic":
                return {"custom_id": name, "result": {"type": fate}}
            error = {"code": f"batch_{fate}", "message": f"It {fate}."}
            return {"custom_id": name, "response": None, "error": error}
        text = body["messages"][0]["content"] if api == "anthropic" else body["input"]
        made = self.answer(api, body, Asked(text, Fault(fate if fate in answers.FAULTS else "none")))
        if fate == "no_usage":
            del made["usage"]
        if api == "anthropic":
            return {"custom_id": name, "result": {"type": "succeeded", "message": made}}
        return {"custom_id": name, "response": {"status_code": 200, "body": made}, "error": None}


def _json(body: object) -> bytes:
    return json.dumps(body).encode()


def _uploaded(raw: bytes) -> bytes:
    """The file of a multipart form."""
    found = re.search(rb'name="file".*?\r\n\r\n(.*?)\r\n--', raw, re.DOTALL)
    assert found
    assert b'name="purpose"' in raw
    return found.group(1)
