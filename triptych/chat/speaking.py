"""Having a reply read aloud: a job of its own, which the reply asks for when its text is whole."""

from pipelines.catalogue import catalogue
from pipelines.contract import JsonObject
from triptych.chat.reading import SPEAK
from triptych.jobs.family import WRITTEN_FOR
from triptych.jobs.leases import Claim, still_ours
from triptych.jobs.states import Priority
from triptych.jobs.submission import Submission
from triptych.jobs.submit import accept_in
from triptych.store import Store
from triptych.uploads import Text, text_file


def speak_reply(store: Store, claimed: Claim, text: str, params: JsonObject) -> None:
    """Ask for ``text`` to be read aloud as a child of the claimed job. Raises LeaseLost."""
    pipeline = catalogue()[SPEAK]
    words = Text("reply.txt", text.encode())
    file = text_file(store, claimed.job.owner, words)
    submission = Submission(
        claimed.job.owner,
        pipeline,
        pipeline.params.model_validate(params).model_dump(mode="json"),
        new_files=[file],
        content={file.id: words.content},
        priority=Priority.INTERACTIVE,
        parent_id=claimed.job.id,
        child=WRITTEN_FOR - claimed.row.attempt,  # one for each attempt of the reply
        remember=False,
    )
    with store.database.write() as connection:
        still_ours(connection, claimed)
        accepted = accept_in(connection, store, [submission])
    store.wire.send(accepted.rings, accepted.news)
