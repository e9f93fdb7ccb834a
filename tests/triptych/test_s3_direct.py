"""What Amazon's own library is asked for: copies within S3, whole and in pieces."""

import pytest
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
