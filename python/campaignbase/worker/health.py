"""A small HTTP server beside the worker: `/health`, `/health/live`, `/health/ready`, `/metrics`.

In a thread of its own, so that it still answers, with 503, when the event loop does not turn.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from campaignbase.errors import InputError
from campaignbase.models.cache import CacheCount
from campaignbase.worker.watch import Snapshot

LOOPBACK = "127.0.0.1"
SLOW_CLIENT_SECONDS = 5
TURN_SECONDS = 0.1  # until it notices that it is to end
STATES = ("connected", "reconnecting", "sweeping")


@contextmanager
def serving(
    now: Callable[[], Snapshot],
    port: int,
    host: str = LOOPBACK,
    *,
    cached: Callable[[], list[CacheCount]] = list,
) -> Iterator[str]:
    """Its address, while it serves.

    Args:
        cached: what this process asked of its cache.
        port: 0 takes a free one.
    Raises:
        InputError: the port cannot be had.
    """
    registry = CollectorRegistry()
    registry.register(Metrics(now, cached))
    try:
        server = ThreadingHTTPServer((host, port), _handler(now, registry))
    except OSError as error:
        raise InputError(
            f"--metrics-port {port}: cannot listen on {host} ({error.strerror}); give another port"
        ) from None
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(TURN_SECONDS,), name="health", daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def report(seen: Snapshot) -> dict[str, object]:
    """What `/health` says; nothing in it is secret."""
    return {
        "live": seen.live,
        "ready": seen.ready,
        "database": {None: "not looked yet", True: "answers", False: "does not answer"}[seen.reachable],
        "realtime": seen.hearing.state,
        "realtime_reason": seen.hearing.reason,
        "waiting": seen.queue.waiting,
        "oldest_seconds": seen.queue.oldest_seconds,
        "dead": seen.queue.dead,
        "deliveries_waiting": seen.outbox.waiting,
        "deliveries_late_seconds": seen.outbox.late_seconds,
        "deliveries_dead": seen.outbox.dead,
        "rows_per_second": round(seen.rate, 1),
    }


class Metrics(Collector):
    """Read at each scrape from what the worker counts anyway."""

    def __init__(self, now: Callable[[], Snapshot], cached: Callable[[], list[CacheCount]] = list) -> None:
        self._now = now
        self._cached = cached

    def collect(self) -> Iterator[Metric]:
        seen = self._now()
        total, queue, hearing = seen.total, seen.queue, seen.hearing
        for name, text, value in (
            ("jobs_claimed", "Jobs this worker claimed.", total.claimed),
            ("rows_labeled", "Rows that got or kept a category.", total.labeled + total.campaigns_labeled),
            ("rows_left_for_review", "Rows nobody was sure about.", total.review + total.campaigns_review),
            ("labels_embedded", "Categories and tags that got a vector.", total.labels_embedded),
            (
                "jobs_failed",
                "Jobs whose answer was a failure; they wait again or are dead.",
                total.jobs_failed,
            ),
            ("answers_stale", "Answers that came after the text had changed.", total.stale),
            ("answers_unknown_label", "Answers that named a label removed meanwhile.", total.unknown_label),
            ("realtime_events", "Events heard.", hearing.events),
            ("realtime_sessions", "Subscriptions that stood.", hearing.sessions),
            ("realtime_tries", "Connections tried.", hearing.tries),
            ("realtime_wake_errors", "Events that could not be passed on.", hearing.wake_errors),
        ):
            yield CounterMetricFamily(f"campaignbase_{name}", text, value)
        endings = CounterMetricFamily(
            "campaignbase_realtime_endings",
            "Connections that ended, by what that asked for.",
            labels=["advice"],
        )
        for advice, count in sorted(hearing.endings.items()):
            endings.add_metric([advice], count)
        yield endings
        jobs = GaugeMetricFamily("campaignbase_queue_jobs", "Jobs of all workspaces.", labels=["state"])
        for state in ("waiting", "leased", "dead"):
            jobs.add_metric([state], getattr(queue, state))
        yield jobs
        deliveries = GaugeMetricFamily(
            "campaignbase_deliveries", "Messages to webhooks, of all workspaces.", labels=["state"]
        )
        for state in ("waiting", "leased", "dead"):
            deliveries.add_metric([state], getattr(seen.outbox, state))
        yield deliveries
        realtime = GaugeMetricFamily("campaignbase_realtime", "1 for the state it is in.", labels=["state"])
        for state in STATES:
            realtime.add_metric([state], float(hearing.state == state))
        yield realtime
        for name, text, gauge in (
            ("queue_oldest_seconds", "Age of the oldest job that is not dead.", queue.oldest_seconds or 0.0),
            (
                "deliveries_late_seconds",
                "For how long the delivery that is due longest waits.",
                seen.outbox.late_seconds or 0.0,
            ),
            ("rows_per_second", "Jobs answered, over the last half minute.", seen.rate),
            ("database_reachable", "1 when the last look was answered.", float(seen.reachable is True)),
            ("live", "1 while the worker goes on.", float(seen.live)),
            ("ready", "1 while it can label what arrives.", float(seen.ready)),
        ):
            yield GaugeMetricFamily(f"campaignbase_{name}", text, gauge)
        yield from cache_metrics(self._cached())


def cache_metrics(counts: Sequence[CacheCount]) -> Iterator[Metric]:
    for name, text in (
        ("hits", "Answers found."),
        ("misses", "Answers not found; the next tier was asked."),
        ("computes", "Answers no tier had."),
        ("errors", "Questions the tier did not answer, or that could not be computed."),
        ("bytes_read", "Size of the answers found."),
        ("bytes_written", "Size of the answers kept."),
        ("saved_seconds", "Time of computing that hits saved."),
        ("saved_cost", "US dollars that hits saved."),
    ):
        family = CounterMetricFamily(f"campaignbase_cache_{name}", text, labels=["kind", "tier"])
        for count in counts:
            family.add_metric([count.kind, count.tier], getattr(count, name))
        yield family


def _handler(now: Callable[[], Snapshot], registry: CollectorRegistry) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = SLOW_CLIENT_SECONDS
        server_version = "campaignbase"
        sys_version = ""

        def do_GET(self) -> None:
            self._answer()

        def do_HEAD(self) -> None:
            self._answer()

        def _answer(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                encode, kind = choose_encoder(self.headers.get("Accept", ""))
                self._send(200, kind, encode(registry))
                return
            seen = now()
            well = {"/health": seen.ready, "/health/ready": seen.ready, "/health/live": seen.live}.get(path)
            if well is None:
                known = "/health, /health/live, /health/ready, /metrics"
                self._send(404, "application/json", _json({"error": f"no {path}; there is {known}"}))
            else:
                self._send(200 if well else 503, "application/json", _json(report(seen)))

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A scrape is no news."""

    return Handler


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value).encode() + b"\n"
