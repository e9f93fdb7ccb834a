"""A typed client of the API: what the ``triptych`` command asks with, and any program may.

It knows nothing of what lies behind the API and needs httpx2 and pydantic alone::

    from pathlib import Path

    from triptych.client import Client, Source

    with Client() as triptych:
        job = triptych.jobs.create("audio.transcribe", sources=[Source.of_path(Path("talk.mp3"))])
        for event in triptych.jobs.watch(job.id):
            print(event.type)
        job = triptych.jobs.result(job.id)
        triptych.jobs.download(triptych.jobs.output(job, "transcript.srt"), Path("talk.srt"))
"""

from triptych.client.client import Client
from triptych.client.errors import (
    ClientError,
    Incomplete,
    JobFailed,
    Misunderstood,
    NoOutput,
    NotAllowed,
    NotFound,
    Refused,
    Unreachable,
    Unusable,
)
from triptych.client.patience import Patience
from triptych.client.sources import Source

__all__ = [
    "Client",
    "ClientError",
    "Incomplete",
    "JobFailed",
    "Misunderstood",
    "NoOutput",
    "NotAllowed",
    "NotFound",
    "Patience",
    "Refused",
    "Source",
    "Unreachable",
    "Unusable",
]
