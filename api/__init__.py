"""The thin Flask application: parse, authorise, store, answer. No SQL, no torch, no Celery."""

EXTENSION = "triptych"  # under this name a Flask application holds its api.room.Room
