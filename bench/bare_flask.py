"""A plain Flask view that inserts a row into SQLite and calls ``delay``: what most tutorials serve."""

import os
import sqlite3
from uuid import uuid4

from flask import Flask, request
from flask.typing import ResponseReturnValue

from bench.bare_celery import noop

app = Flask(__name__)


def _connect() -> sqlite3.Connection:
    connection = sqlite3.connect(os.environ["BENCH_DATABASE"], timeout=10, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, text TEXT, state TEXT)")
    return connection


_connection = _connect()


@app.get("/health/live")
def live() -> ResponseReturnValue:
    """Say that the process runs."""
    return {}


@app.post("/jobs")
def submit() -> ResponseReturnValue:
    """Insert a row, send the task, answer with its id."""
    job_id, text = uuid4().hex, str(request.get_json()["text"])
    with _connection:
        _connection.execute("INSERT INTO jobs VALUES (?, ?, 'queued')", (job_id, text))
    noop.delay(text)
    return {"id": job_id}, 202
