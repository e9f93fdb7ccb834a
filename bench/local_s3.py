"""An S3 on this machine for a measurement: moto's server, in a process of its own, with one bucket."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from bench.stack import free_port, process, wait_for_url

BUCKET = "triptych-bench"
QUIET_SERVER = """
import logging, sys
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(sys.argv[1]), verbose=False)
server.start()
server._thread.join()
"""


@contextmanager
def local_s3() -> Iterator[str]:
    """The bucket's URL, while the environment tells whoever is started how to reach it."""
    from botocore.session import Session

    url = f"http://127.0.0.1:{free_port()}"
    told = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "TRIPTYCH_BLOBS_URL": f"s3://{BUCKET}",
    }
    command = [sys.executable, "-c", QUIET_SERVER, url.rpartition(":")[2]]
    with patch.dict(os.environ, told), process(command, dict(os.environ)):
        wait_for_url(f"{url}/moto-api/")
        Session().create_client("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        yield told["TRIPTYCH_BLOBS_URL"]
