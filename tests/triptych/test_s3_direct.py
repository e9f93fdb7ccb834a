"""What Amazon's own library is asked for: copies within S3, and addresses where obstore has its own."""

import os
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import obstore
import pytest
from obstore.store import S3Store
from support.s3_server import BUCKET, S3

from triptych.blobs import BlobsAway
from triptych.blobs.s3_direct import S3Direct

MIB = 1024**2
CONTENT = bytes(range(256)) * (12 * 4096)  # 12 MiB


@pytest.mark.parametrize("piece_bytes", [5 * MIB, 6 * MIB, 12 * MIB, 512 * MIB])
def test_an_object_is_copied_in_pieces_or_at_once(s3: S3, piece_bytes: int) -> None:
    s3.client.put_object(Bucket=BUCKET, Key="house/from", Body=CONTENT)

    S3Direct(f"s3://{BUCKET}/house").copy("from", "to", len(CONTENT), piece_bytes)

    assert s3.client.get_object(Bucket=BUCKET, Key="house/to")["Body"].read() == CONTENT
    assert s3.unjoined() == []


def test_a_copy_that_fails_leaves_no_pieces(s3: S3) -> None:
    with pytest.raises(BlobsAway):
        S3Direct(f"s3://{BUCKET}").copy("absent", "to", len(CONTENT), 5 * MIB)

    assert (s3.keys(), s3.unjoined()) == ([], [])


AMAZON = {"AWS_REGION": "eu-central-1"}
VIRTUAL = {"AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true"}
ELSEWHERE = "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "told",
    [
        {},
        AMAZON,
        {"AWS_DEFAULT_REGION": "eu-west-1"},
        {"AWS_SESSION_TOKEN": "of a role"},
        {"AWS_ENDPOINT_URL": ELSEWHERE, "AWS_REGION": "nowhere-1"},
        {"AWS_ENDPOINT": ELSEWHERE},
        {"AWS_ENDPOINT_URL_S3": ELSEWHERE, "AWS_ENDPOINT_URL": "http://127.0.0.1:9001"},
        {**AMAZON, **VIRTUAL},
        {**VIRTUAL, "AWS_ENDPOINT_URL": f"https://{BUCKET}.s3.example.com"},
    ],
)
def test_both_libraries_are_told_the_same_by_the_environment(
    told: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", **told}.items():
        monkeypatch.setenv(name, value)
    url = f"s3://{BUCKET}/house"

    by_obstore = obstore.sign(S3Store.from_url(url), "PUT", "incoming/u", timedelta(hours=1))
    by_botocore = S3Direct(url).sign_put("incoming/u", 5, None, 3600).url

    assert place_of(by_botocore) == place_of(by_obstore)


def place_of(signed: str) -> tuple[object, ...]:
    """Where an address is, and whose."""
    parts = urlsplit(signed)
    query = parse_qs(parts.query)
    whose = (query["X-Amz-Credential"], query.get("X-Amz-Security-Token"), query["X-Amz-Expires"])
    return parts.scheme, parts.netloc, parts.path, *whose
