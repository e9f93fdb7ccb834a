"""The workers' entry with chores beside the house's pipelines: `celery -A chaos.app worker`."""

from chaos.chores import PIPELINES
from pipelines.catalogue import catalogue
from triptych.settings import Settings
from workers.celery_app import create_app

app = create_app(Settings.from_environment(), {**catalogue(), **PIPELINES})
# The shortest that kombu takes. We use none: a job that is longer must not come twice for it (docs/adr/0002).
app.conf.broker_transport_options = {**app.conf.broker_transport_options, "visibility_timeout": 1}
