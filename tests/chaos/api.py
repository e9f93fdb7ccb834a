"""The API with chores in its catalogue and a fuse: `gunicorn -c python:api.gunicorn chaos.api:app`."""

from dataclasses import replace

from api import EXTENSION
from chaos.chores import PIPELINES
from chaos.fuse import MortalWire
from pipelines.catalogue import pipeline

for _one in PIPELINES.values():
    pipeline(name=_one.name, title=_one.title, lane=_one.lane, accepts=_one.accepts, params=_one.params)(_one.function)

from api.wsgi import app, settings  # noqa: E402  the catalogue is read as this is imported

_room = app.extensions[EXTENSION]
app.extensions[EXTENSION] = replace(_room, store=replace(_room.store, wire=MortalWire(settings)))
