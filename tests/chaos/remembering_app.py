"""The workers' entry where jobs are remembered: `celery -A chaos.remembering_app worker`."""

from chaos.remembering import HEARING
from pipelines.catalogue import catalogue
from triptych.settings import Settings
from workers.celery_app import create_app

app = create_app(Settings.from_environment(), {**catalogue(), HEARING.name: HEARING})
