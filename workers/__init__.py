"""The Celery workers: claim, run, keep, finish; and the periodic loop."""
