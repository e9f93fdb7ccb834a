"""Celery's entry, `celery -A workers.app`: the one module of the workers with import side effects."""

import sys

from pipelines.catalogue import catalogue
from triptych.settings import BadSettings, Settings
from workers.celery_app import create_app

try:
    app = create_app(Settings.from_environment(), catalogue())
except BadSettings as error:
    sys.exit(str(error))
