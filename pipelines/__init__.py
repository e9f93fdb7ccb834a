"""What a job does: media in, parts and outputs out. Knows nothing of Flask, Celery, SQL or Redis."""
