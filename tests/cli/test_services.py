"""Which processes the local stack has, and how they are started."""

from pathlib import Path

from cli.hardware import has_gpu
from cli.services import Service, application_services, shared_environment
from triptych.settings import Settings


def queues(services: tuple[Service, ...]) -> dict[str, str]:
    workers = [service for service in services if "worker" in service.command]
    return {worker.name: worker.command[worker.command.index("-Q") + 1] for worker in workers}


def test_without_a_gpu_the_cpu_worker_serves_the_gpu_lane() -> None:
    services = application_services(Settings(), gpu=False)

    assert queues(services) == {"cpu": "cpu,gpu", "net": "net"}


def test_with_a_gpu_its_lane_has_a_worker_of_its_own() -> None:
    services = application_services(Settings(), gpu=True)

    assert queues(services) == {"cpu": "cpu", "net": "net", "gpu": "gpu"}


def test_gpu_worker_runs_as_many_threads_as_are_set() -> None:
    services = application_services(Settings(gpu_slots=6), gpu=True)

    [worker] = [service for service in services if service.name == "gpu"]
    assert {"--pool=threads", "--concurrency=6"} <= set(worker.command)


def test_gpu_is_left_to_its_own_worker() -> None:
    services = application_services(Settings(), gpu=True)

    hidden = {one.name: one.environment.get("CUDA_VISIBLE_DEVICES") for one in services if "worker" in one.command}
    assert hidden == {"cpu": "", "net": "", "gpu": None}


def test_questions_are_answered_by_a_process_that_is_not_behind_the_workers_and_leaves_them_the_gpu() -> None:
    services = application_services(Settings(), gpu=True)

    questions = next(service for service in services if service.name == "questions")
    assert questions.command[1:] == ("-m", "workers.questions")
    assert questions.environment["CUDA_VISIBLE_DEVICES"] == ""


def test_flower_listens_on_loopback_at_its_port() -> None:
    services = application_services(Settings(flower_port=5999), gpu=False)

    flower = next(service for service in services if service.name == "flower")
    assert {"--address=127.0.0.1", "--port=5999"} <= set(flower.command)


def test_every_process_is_told_the_same_absolute_home_and_redis() -> None:
    environment = shared_environment(Settings(home=Path("var")), "unix:///run/redis.sock")

    assert environment["TRIPTYCH_HOME"] == str(Path.cwd() / "var")
    assert environment["TRIPTYCH_REDIS_URL"] == "unix:///run/redis.sock"


def test_a_gpu_is_a_numbered_device(tmp_path: Path) -> None:
    (tmp_path / "nvidiactl").touch()
    without = has_gpu(tmp_path)
    (tmp_path / "nvidia0").touch()

    assert (without, has_gpu(tmp_path)) == (False, True)
