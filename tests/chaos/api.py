"""The API with chores in its catalogue and a fuse: `gunicorn -c python:api.gunicorn chaos.api:app`."""

from dataclasses import replace

import chaos.catalogued  # noqa: F401  the catalogue is read as the application is imported
from api import EXTENSION
from api.wsgi import app, settings
from chaos.fuse import MortalWire

_room = app.extensions[EXTENSION]
app.extensions[EXTENSION] = replace(_room, store=replace(_room.store, wire=MortalWire(settings)))
