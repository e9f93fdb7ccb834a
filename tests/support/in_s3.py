"""The API as users run it, where files lie in S3."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.api_process import served_api
from support.s3_server import BUCKET
from triptych.settings import Settings


@contextmanager
def api_in_s3(home: Path, migrated: Path, redis_url: str, endpoint: str) -> Iterator[str]:
    """Serve a home of its own, made of the ``migrated`` database; everybody reaches S3 at ``endpoint``."""
    shutil.copy(migrated, home / "triptych.db")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIPTYCH_BLOBS_URL", f"s3://{BUCKET}/served")
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        with served_api(Settings(home=home, redis_url=redis_url)) as api:
            yield api.url
