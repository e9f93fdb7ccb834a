"""One job as it happens: what it finds on standard output, how far it is on standard error."""

from cli.printing import note, say, tell
from cli.progress import progress, standing
from cli.waiting import interrupted
from triptych.client import Client
from triptych.client.records.events import Event, JobPart, JobProgress, JobQueued, JobStarted, Resync
from triptych.client.records.job import Job, JobState, Progress


def watch_one(client: Client, job_id: str, *, as_json: bool) -> Job:
    """Show a job until it has ended, and tell how. Raises typer.Exit on Ctrl-C, and what the client raises."""
    job = client.jobs.get(job_id)
    name, seen, parts = f"{job.pipeline} {job.id}", None, _Parts()
    while True:
        try:
            with progress(1, quiet=as_json) as shown:
                for event in client.jobs.watch(job_id, after=seen):
                    seen = event.id or seen
                    if as_json:
                        tell(event)
                    else:
                        parts.show(event)
                    job = client.jobs.get(job_id) if isinstance(event, Resync) else _after(job, event)
                    shown.job(name, job)
            parts.end()
            job = client.jobs.get(job_id)
            if not job.is_finished:  # it was retried as it ended
                continue
            if not as_json:
                note(f"{name}: {standing(job)}")
            return job
        except KeyboardInterrupt:
            interrupted({job_id: name}, client.jobs.cancel)


def text_of(part: JobPart) -> str:
    """A part as a line: when it is, and what it says."""
    body = part.data.body
    if "labels" in body:
        return ", ".join(f"{one['label']} {one['score']:.0%}" for one in body["labels"])
    text = str(body.get("text", ""))
    return f"[{clock(body['start_s'])}] {text}" if "start_s" in body else text


def clock(seconds: float) -> str:
    """Minutes and seconds of a recording, and hours where it has some."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:04.1f}" if hours else f"{minutes:02}:{rest:04.1f}"


class _Parts:
    """Prints parts as lines, tokens once they make one."""

    def __init__(self) -> None:
        self._line = ""

    def show(self, event: Event) -> None:
        """Print what an event brings, if it brings a part."""
        if isinstance(event, JobStarted) and event.data.attempt > 1:
            self.end()
            note(f"attempt {event.data.attempt}: what came before is void")
        elif isinstance(event, JobPart) and event.data.kind == "token":
            *lines, self._line = (self._line + str(event.data.body["text"])).split("\n")
            for line in lines:
                say(line)
        elif isinstance(event, JobPart):
            say(text_of(event))

    def end(self) -> None:
        """Print the last line, though nothing ends it."""
        if self._line:
            say(self._line)
        self._line = ""


def _after(job: Job, event: Event) -> Job:
    """How the job stands behind ``event``, as far as that tells."""
    changed: dict[str, object]
    match event:
        case JobQueued(data=told):
            changed = {"state": JobState.QUEUED, "position": told.position, "eta_s": told.eta_s, "progress": None}
        case JobStarted(data=began):
            changed = {"state": JobState.RUNNING, "position": None, "attempt": began.attempt}
        case JobProgress(data=went):
            changed = {"progress": Progress(fraction=went.fraction, note=went.note)}
        case _:
            return job
    return job.model_copy(update={**changed, "finished_at": None})
