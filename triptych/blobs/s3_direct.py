"""What others send straight to S3: signed addresses and uploads in parts, for which obstore has no calls."""

import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from triptych.blobs.drafts import BlobsAway

if TYPE_CHECKING:
    from botocore.client import BaseClient

TIMEOUT_S = 30
RETRIES = 2
LONGEST_S = 7 * 24 * 3600
"""Of a signature: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html"""

# As obstore reads them: https://docs.rs/object_store/latest/object_store/aws/enum.AmazonS3ConfigKey.html
ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
YES = frozenset({"1", "true", "on", "yes", "y"})
COPIED_BYTES = 512 * 1024**2
CONTENT_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody else may PUT so many bytes as were told, with these headers."""

    url: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SentPart:
    """A part of an upload in parts that has come."""

    size_bytes: int
    etag: str


@dataclass(frozen=True, slots=True)
class Unjoined:
    """An upload in parts that was neither joined nor aborted; ``begun_at`` in seconds since the epoch."""

    key: str
    upload: str
    begun_at: float


class S3Direct:
    """The bucket at ``url``, ``s3://bucket/prefix``, by Amazon's own library; keys are those under the prefix.

    Every call but those that sign raises BlobsAway, and FileNotFoundError for an upload in parts that is over.
    """

    def __init__(self, url: str) -> None:
        told = urlsplit(url)
        self._bucket, self._prefix = told.netloc, f"{told.path.strip('/')}/".lstrip("/")
        self._made: BaseClient | None = None

    def sign_put(self, key: str, size_bytes: int, sha256: str | None, for_s: float) -> Address:
        """Where to PUT an object of so many bytes, which S3 itself holds against its hash where one is told."""
        headers = {"Content-Type": CONTENT_TYPE}
        params: dict[str, Any] = {"ContentType": CONTENT_TYPE, "ContentLength": size_bytes}
        if sha256 is not None:
            headers["x-amz-checksum-sha256"] = params["ChecksumSHA256"] = b64encode(bytes.fromhex(sha256)).decode()
        return Address(self._signed("put_object", key, params, for_s), headers)

    def sign_part(self, key: str, upload: str, number: int, size_bytes: int, for_s: float) -> Address:
        """Where to PUT a part of so many bytes."""
        params = {"UploadId": upload, "PartNumber": number, "ContentLength": size_bytes}
        return Address(self._signed("upload_part", key, params, for_s), {"Content-Type": CONTENT_TYPE})

    def begin_parts(self, key: str) -> str:
        """Begin an upload in parts, and tell what S3 calls it."""
        with _told_as_away():
            told = self._client.create_multipart_upload(**self._place(key), ContentType=CONTENT_TYPE)
        return str(told["UploadId"])

    def parts(self, key: str, upload: str) -> Mapping[int, SentPart]:
        """The parts that have come, by their numbers."""
        with _told_as_away():
            pages = self._client.get_paginator("list_parts").paginate(**self._place(key), UploadId=upload)
            found = [part for page in pages for part in page.get("Parts", ())]
        return {part["PartNumber"]: SentPart(part["Size"], part["ETag"]) for part in found}

    def join(self, key: str, upload: str, parts: Mapping[int, SentPart]) -> None:
        """Make one object of the parts."""
        told = [{"PartNumber": number, "ETag": parts[number].etag} for number in sorted(parts)]
        with _told_as_away():
            self._client.complete_multipart_upload(**self._place(key), UploadId=upload, MultipartUpload={"Parts": told})

    def copy(self, key: str, to: str, size_bytes: int, piece_bytes: int = COPIED_BYTES) -> None:
        """Copy an object within S3, in pieces, so that none takes longer than an answer is waited for."""
        source = self._place(key)
        with _told_as_away():
            if size_bytes <= piece_bytes:
                self._client.copy_object(**self._place(to), CopySource=source)
                return
        upload, copied = self.begin_parts(to), {}
        try:
            for number, begin in enumerate(range(0, size_bytes, piece_bytes), start=1):
                end = min(begin + piece_bytes, size_bytes)
                told = {"UploadId": upload, "PartNumber": number, "CopySourceRange": f"bytes={begin}-{end - 1}"}
                with _told_as_away():
                    part = self._client.upload_part_copy(**self._place(to), CopySource=source, **told)
                copied[number] = SentPart(end - begin, part["CopyPartResult"]["ETag"])
            self.join(to, upload, copied)
        except BaseException:
            self.abort(to, upload)
            raise

    def abort(self, key: str, upload: str) -> None:
        """Forget an upload in parts with all of them; one that is over is no error."""
        try:
            with _told_as_away():
                self._client.abort_multipart_upload(**self._place(key), UploadId=upload)
        except FileNotFoundError:
            return

    def unjoined(self, under: str) -> Iterator[Unjoined]:
        """The uploads in parts of keys that begin so."""
        place = self._place(under)
        with _told_as_away():
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=place["Bucket"], Prefix=place["Key"]):
                for found in page.get("Uploads", ()):
                    key = str(found["Key"]).removeprefix(self._prefix)
                    yield Unjoined(key, str(found["UploadId"]), found["Initiated"].timestamp())

    def _signed(self, operation: str, key: str, params: Mapping[str, Any], for_s: float) -> str:
        told = {**self._place(key), **params}
        with _told_as_away():
            return str(
                self._client.generate_presigned_url(operation, Params=told, ExpiresIn=int(min(for_s, LONGEST_S)))
            )

    def _place(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{key}"}

    @property
    def _client(self) -> "BaseClient":
        """Made when it is first asked: most processes never need it, and it takes 35 MB."""
        if self._made is None:
            self._made = _made_client(self._bucket)
        return self._made


def _made_client(bucket: str) -> "BaseClient":
    """A client told what obstore is told: by the environment's usual variables, or the machine's role.

    Where the bucket is part of the host's name, obstore wants it in the endpoint's, and botocore puts it there.
    """
    from botocore.config import Config
    from botocore.session import Session

    told = os.environ
    is_virtual = told.get("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "").lower() in YES
    endpoint = next((told[name] for name in ENDPOINTS if told.get(name)), None)
    if endpoint and is_virtual:
        endpoint = endpoint.replace(f"://{bucket}.", "://", 1)
    config = Config(
        signature_version="s3v4",
        connect_timeout=TIMEOUT_S,
        read_timeout=TIMEOUT_S,
        retries={"max_attempts": RETRIES},
        request_checksum_calculation="when_required",  # or parts would have to be sent with a CRC that nobody told
        s3={"addressing_style": "virtual" if is_virtual else "path", "us_east_1_regional_endpoint": "regional"},
    )
    return Session().create_client(
        "s3",
        region_name=told.get("AWS_REGION") or told.get("AWS_DEFAULT_REGION") or "us-east-1",
        endpoint_url=endpoint,
        config=config,
    )


@contextmanager
def _told_as_away() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NoSuchUpload":
            raise FileNotFoundError(str(error)) from error
        raise BlobsAway(str(error).partition("\n")[0]) from error
    except BotoCoreError as error:
        raise BlobsAway(str(error).partition("\n")[0]) from error
