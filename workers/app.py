"""Celery's entry, `celery -A workers.app`: the one module of the workers with import side effects."""

import sys

from pipelines.catalogue import catalogue
from triptych.settings import BadSettings, Settings
from triptych.warm import refuse_unknown_models
from workers.celery_app import create_app

try:
    settings = Settings.from_environment()
    refuse_unknown_models(settings)
    app = create_app(settings, catalogue())
except BadSettings as error:
    sys.exit(str(error))
