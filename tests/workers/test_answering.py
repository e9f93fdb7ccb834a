"""A worker lends the server of its settings to the runs that ask one."""

from pydantic import SecretStr
from support.answer_servers import Script, serving
from support.executing import run_all
from support.stores import with_settings
from support.work import OWNER

from pipelines.catalogue import catalogue
from triptych.jobs.reading import get_job
from triptych.jobs.states import JobState
from triptych.jobs.submission import Submission
from triptych.jobs.submit import submit
from triptych.store import Store

KEY = "sk-very-secret"


def test_configured_server_answers_and_its_key_is_told_nowhere(store: Store) -> None:
    pipeline = catalogue()["text.answer"]
    with serving(Script(["Bee ", "keepers."])) as script:
        configured = with_settings(store, answer_url=script.url, answer_key=SecretStr(KEY), answer_model="tiny-chat")
        job = submit(configured, Submission(OWNER, pipeline, {"question": "Who keeps bees?"}))
        run_all(configured, [job], pipeline)

    done = get_job(configured, OWNER, job.id)
    assert done.state is JobState.SUCCEEDED
    assert done.result is not None
    assert done.result["answer"] == "Bee keepers."
    assert script.keys == [f"Bearer {KEY}"]
    assert KEY not in repr(done)
