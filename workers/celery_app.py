"""The Celery application: one task for each pipeline, so that Flower shows jobs by what they do."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from celery import Celery
from celery.signals import (
    celeryd_after_setup,
    setup_logging,
    worker_process_init,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from kombu import Queue

from pipelines.catalogue import Pipeline
from pipelines.contract import Lane
from triptych.logs import configure_logs
from triptych.settings import Settings
from workers.orphans import die_with_parent
from workers.respawn import Respawn
from workers.seat import Seat
from workers.tally import Outcome
from workers.watch import Watch

HEARD_RING = "workers.requests:HeardRing"  # imported by the consumer alone


class JobFailed(Exception):
    """Shows a failed job as a failed task in Flower; the job itself holds the reason."""


def create_app(settings: Settings, pipelines: Mapping[str, Pipeline]) -> Celery:
    """Build the application that workers and Flower run, able to run ``pipelines``; nothing is connected yet."""
    app = Celery("triptych", broker=settings.broker, backend=None)
    app.conf.update(
        accept_content=["json"],
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        # A message is gone when it is taken: the lease, not Celery, brings back what a dead worker held, so no
        # visibility timeout can ever run a long job twice (docs/adr/0002).
        task_acks_late=False,
        task_queues=[Queue(lane.value, routing_key=lane.value, no_ack=True) for lane in Lane],
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        worker_send_task_events=False,  # Flower, where it runs, has them sent; unread they cost a job a sixth
        worker_enable_remote_control=True,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # By memory, not by number: a ring that reaches a child as it leaves waits for celery's next look, 5 s later.
        worker_max_memory_per_child=settings.child_bytes // 1024,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_timeout": 30,
            "socket_connect_timeout": 5,
            "socket_keepalive": not settings.redis.startswith("unix://"),
            "health_check_interval": 15,
        },
    )
    app.steps["consumer"].add(Respawn)
    seat = Seat(settings, pipelines)
    for name in pipelines:
        app.task(_run_in(seat), name=name, shared=False, throws=(JobFailed,), Request=HEARD_RING)
    _follow_signals(settings, seat)
    return app


def _run_in(seat: Seat) -> Callable[..., str]:
    def run(*job_ids: str, alone: bool = False) -> str:
        outcomes = Counter(seat.executor.execute(*job_ids, alone=alone))
        if outcomes[Outcome.FAILED]:
            raise JobFailed(*job_ids)
        return ", ".join(f"{count} {outcome}" if len(job_ids) > 1 else outcome for outcome, count in outcomes.items())

    return run


def _follow_signals(settings: Settings, seat: Seat) -> None:
    watch = Watch(settings, seat)

    @setup_logging.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def log_as_we_do(**_kwargs: Any) -> None:  # Any: Celery's signals, here and below
        configure_logs(settings.log_level, settings.log_format)

    @celeryd_after_setup.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def name_the_seat(sender: str, instance: Any, **_kwargs: Any) -> None:
        seat.take(sender, tuple(instance.app.amqp.queues.consume_from))

    @worker_process_init.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def follow_the_parent(**_kwargs: Any) -> None:
        die_with_parent()
        seat.begin()

    @worker_ready.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def appear(sender: Any, **_kwargs: Any) -> None:
        lanes = tuple(sorted(queue.name for queue in sender.task_consumer.queues))
        watch.begin(sender.hostname, lanes, sender.controller.concurrency)
        if not sender.pool.uses_semaphore:  # Celery's sign of a pool of processes, which begin by themselves
            seat.begin()

    @worker_shutting_down.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def drain(**_kwargs: Any) -> None:
        seat.drain()

    @worker_shutdown.connect(weak=False)  # type: ignore[untyped-decorator]  # Celery ships no types
    def disappear(**_kwargs: Any) -> None:
        watch.end()
