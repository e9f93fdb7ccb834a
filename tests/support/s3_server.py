"""An S3 on the loopback: moto's server, in a thread of the tests' process, with one bucket."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
import pytest
from moto.server import ThreadedMotoServer

BUCKET = "triptych-tests"


@dataclass(frozen=True)
class S3:
    """Where it answers, and what is there."""

    endpoint: str

    @property
    def client(self):
        """Amazon's own client, to look at what is really there."""
        return boto3.client("s3", endpoint_url=self.endpoint)

    def keys(self) -> list[str]:
        """The keys of every object, whole."""
        return [found["Key"] for found in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def unjoined(self) -> list[str]:
        """The keys of every upload in parts that was neither joined nor aborted."""
        return [found["Key"] for found in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", [])]

    def empty(self) -> None:
        """Remove all of it."""
        for key in self.keys():
            self.client.delete_object(Bucket=BUCKET, Key=key)
        for found in self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []):
            self.client.abort_multipart_upload(Bucket=BUCKET, Key=found["Key"], UploadId=found["UploadId"])


@contextmanager
def running_s3() -> Iterator[S3]:
    """Serve S3 for the block; the environment tells how to reach it, as it would Amazon's."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    told = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in told.items():
            patch.setitem(os.environ, name, value)
        s3 = S3(told["AWS_ENDPOINT_URL"])
        s3.client.create_bucket(Bucket=BUCKET)
        try:
            yield s3
        finally:
            server.stop()
