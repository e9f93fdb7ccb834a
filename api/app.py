"""The application: routes, guards and errors put together around an open store."""

from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from flask_openapi.models.info import Info
from flask_openapi.openapi import OpenAPI
from pydantic import ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix

from api import EXTENSION
from api.bodies.rest import register_rest
from api.conditions import register_conditions
from api.document import VERSION
from api.guard import register_guard
from api.headers import register_headers
from api.identity import register_identity
from api.limits import Limits
from api.logs import register_logs
from api.metrics import Metrics, register_metrics
from api.openai.door import register_openai
from api.problems import refuse_validation, register_problems
from api.relay import websocket
from api.relay.hub import Hub
from api.relay.standing import Standing
from api.room import Room
from api.routes import (
    audit,
    batches,
    conversations,
    direct_uploads,
    docs,
    door,
    file_pages,
    files,
    health,
    house,
    identities,
    invitations,
    job_events,
    jobs,
    keys,
    listening,
    memory,
    memory_archive,
    memory_collections,
    memory_jobs,
    memory_search,
    models,
    oidc,
    pipelines,
    retention,
    session,
    ui,
    uploads,
    users,
    webhooks,
)
from api.schemas.problem import Problem
from api.writing import Writer
from triptych.settings import Settings
from triptych.store import Store

FILES = (files, file_pages, uploads, direct_uploads, retention)
ACCOUNTS = (door, session, oidc, identities, keys, users, invitations, audit)
MEMORY = (memory_search, memory, memory_collections, memory_jobs, memory_archive)
UI_DIST = Path(__file__).parent.parent / "ui" / "dist"


def create_app(settings: Settings, store: Store, ui_dist: Path = UI_DIST) -> OpenAPI:
    """The application on ``store``; ``ui_dist`` is where the built UI lies."""
    app = OpenAPI(
        "api",
        info=Info(title="Triptych", version=version("triptych"), description="Audio, image and text jobs."),
        validation_error_model=Problem,
        validation_error_callback=_refuse,
        doc_ui=False,
        static_folder=None,
    )
    app.openapi_version = VERSION
    app.config["SOCK_SERVER_OPTIONS"] = websocket.OPTIONS
    metrics = Metrics(store)
    limits = Limits(settings)
    hub = Hub(store.wire)
    app.extensions[EXTENSION] = Room(settings, store, hub, Standing(store, hub), metrics, Writer(), limits, ui_dist)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    register_problems(app)
    register_logs(app)
    register_metrics(app, metrics)
    register_guard(app)
    register_identity(app)
    limits.register(app)
    register_headers(app)
    register_conditions(app)
    register_rest(app)
    for part in (
        jobs,
        job_events,
        batches,
        *FILES,
        pipelines,
        house,
        models,
        health,
        conversations,
        *MEMORY,
        *ACCOUNTS,
        webhooks,
    ):
        app.register_api(part.routes)
    app.register_api(health.scraped)
    app.register_blueprint(websocket.relay)
    app.register_blueprint(listening.listening)
    register_openai(app)
    docs.register_docs(app)
    app.register_blueprint(ui.routes)
    return app


def _refuse(error: ValidationError) -> NoReturn:
    refuse_validation(error, within="query")
