"""The small HTTP server beside the worker."""

import socket
from dataclasses import replace

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from campaignbase.errors import InputError
from campaignbase.pipeline.labeler import BatchReport
from campaignbase.worker.health import serving
from campaignbase.worker.watch import Hearing, Outbox, Queue, Snapshot

WELL = Snapshot(
    total=BatchReport(
        claimed=12, accepted=10, stale=1, unknown_label=1, failed=2, labels_embedded=3, labeled=6, review=1
    ),
    queue=Queue(waiting=4, leased=2, dead=5, oldest_seconds=9.5),
    hearing=Hearing("connected", None, 7, 2, 4, 1, {"retry": 3}),
    rate=12.34,
    reachable=True,
    live=True,
    ready=True,
    outbox=Outbox(waiting=6, leased=1, dead=2, late_seconds=7.5),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seen", "health", "live", "ready"),
    [
        (WELL, 200, 200, 200),
        (replace(WELL, ready=False, reachable=False), 503, 200, 503),
        (replace(WELL, ready=False, live=False), 503, 503, 503),
    ],
)
def test_health_answers_what_an_orchestrator_asks(seen: Snapshot, health: int, live: int, ready: int) -> None:
    with serving(lambda: seen, 0) as address:
        answers = [httpx.get(f"{address}{path}") for path in ("/health", "/health/live", "/health/ready?x=1")]
    assert [answer.status_code for answer in answers] == [health, live, ready]
    assert answers[0].json()["ready"] is seen.ready
    assert answers[0].headers["content-type"] == "application/json"


def test_health_says_how_it_is() -> None:
    away = Hearing("sweeping", "Unauthorized: no")
    with serving(lambda: replace(WELL, reachable=None, hearing=away), 0) as address:
        assert httpx.get(f"{address}/health").json() == {
            "live": True,
            "ready": True,
            "database": "not looked yet",
            "realtime": "sweeping",
            "realtime_reason": "Unauthorized: no",
            "waiting": 4,
            "oldest_seconds": 9.5,
            "dead": 5,
            "deliveries_waiting": 6,
            "deliveries_late_seconds": 7.5,
            "deliveries_dead": 2,
            "rows_per_second": 12.3,
        }


def test_metrics_are_what_prometheus_reads() -> None:
    with serving(lambda: WELL, 0) as address:
        answer = httpx.get(f"{address}/metrics")
    samples = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert answer.headers["content-type"].startswith("text/plain")
    prefix = "campaignbase_"
    assert samples == {
        (f"{prefix}jobs_claimed_total",): 12,
        (f"{prefix}rows_labeled_total",): 6,
        (f"{prefix}rows_left_for_review_total",): 1,
        (f"{prefix}labels_embedded_total",): 3,
        (f"{prefix}jobs_failed_total",): 2,
        (f"{prefix}answers_stale_total",): 1,
        (f"{prefix}answers_unknown_label_total",): 1,
        (f"{prefix}realtime_events_total",): 7,
        (f"{prefix}realtime_sessions_total",): 2,
        (f"{prefix}realtime_tries_total",): 4,
        (f"{prefix}realtime_wake_errors_total",): 1,
        (f"{prefix}realtime_endings_total", "retry"): 3,
        (f"{prefix}queue_jobs", "waiting"): 4,
        (f"{prefix}queue_jobs", "leased"): 2,
        (f"{prefix}queue_jobs", "dead"): 5,
        (f"{prefix}deliveries", "waiting"): 6,
        (f"{prefix}deliveries", "leased"): 1,
        (f"{prefix}deliveries", "dead"): 2,
        (f"{prefix}deliveries_late_seconds",): 7.5,
        (f"{prefix}realtime", "connected"): 1,
        (f"{prefix}realtime", "reconnecting"): 0,
        (f"{prefix}realtime", "sweeping"): 0,
        (f"{prefix}queue_oldest_seconds",): 9.5,
        (f"{prefix}rows_per_second",): 12.34,
        (f"{prefix}database_reachable",): 1,
        (f"{prefix}live",): 1,
        (f"{prefix}ready",): 1,
    }


def test_other_paths_and_methods_are_refused() -> None:
    with serving(lambda: WELL, 0) as address:
        lost = httpx.get(f"{address}/../../etc/passwd")
        head = httpx.head(f"{address}/health")
        post = httpx.post(f"{address}/health", content=b"x")
    assert lost.status_code == 404
    assert lost.json() == {"error": "no /etc/passwd; there is /health, /health/live, /health/ready, /metrics"}
    assert (head.status_code, head.content) == (200, b"")
    assert post.status_code == 501


def test_a_port_in_use_is_named_and_one_given_back_is_free() -> None:
    with serving(lambda: WELL, 0) as address:
        port = int(address.rpartition(":")[2])
        with pytest.raises(InputError) as refused, serving(lambda: WELL, port):
            pass
    assert str(refused.value) == (
        f"--metrics-port {port}: cannot listen on 127.0.0.1 (Address already in use); give another port"
    )
    with socket.socket() as free:
        assert free.connect_ex(("127.0.0.1", port)) != 0
