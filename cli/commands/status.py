"""``triptych status``: how busy the house is, and how the caller's own jobs stand."""

from pydantic import BaseModel

from cli.asking import open_client
from cli.options import AsJson
from cli.printing import say, table, tell
from triptych.client.records.house import LaneLoad, Stats, Worker


class Status(BaseModel):
    """All of it, as ``--json`` prints it."""

    url: str
    lanes: list[LaneLoad]
    workers: list[Worker]
    jobs: Stats


def status(as_json: AsJson = False) -> None:
    """Tell what the lanes have to do, which workers are there, and how your own jobs stand."""
    with open_client() as client:
        house = client.house
        found = Status(url=client.url, lanes=list(house.lanes()), workers=list(house.workers()), jobs=house.stats())
    if as_json:
        tell(found)
        return
    say(f"Triptych at {found.url}")
    table(("LANE", "QUEUED", "RUNNING"), [(lane.lane, lane.queued, lane.running) for lane in found.lanes])
    for lane in found.lanes:
        for pause in lane.paused:
            say(f"{pause.pipeline} waits until {pause.until}: {pause.reason}")
    say()
    table(
        ("WORKER", "LANES", "SLOTS", "RUNNING"),
        [(one.name, ",".join(one.lanes), one.slots, one.running) for one in found.workers],
    )
    say()
    say("your jobs: " + ", ".join(f"{count} {state}" for state, count in found.jobs.states.items()))
