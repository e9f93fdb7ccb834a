"""The thin Flask application: parse, authorise, store, answer. No SQL, no torch, no Celery."""
