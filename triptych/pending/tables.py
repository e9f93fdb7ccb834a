"""The table of uploads that take several requests."""

from sqlalchemy import BigInteger, Column, Double, Index, String, Table, Text, text

from triptych.database import metadata

uploads = Table(
    "uploads",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("told", Text, nullable=False),  # its sender's Upload-Metadata, which is told again as it came
    Column("size_bytes", BigInteger, nullable=False),
    Column(
        "offset_bytes", BigInteger, nullable=False
    ),  # as many are on the disk; what lies behind them counts for none
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False, index=True),
    Column("file_id", String(36)),  # what became of it, which may be gone by now
    Column("sha256", String(64)),  # of one that goes straight to S3: what its sender says that it hashes to
    Column("part_bytes", BigInteger),  # of one that goes straight to S3: how much a PUT brings, but for the last
    Column("multipart", Text),  # of one that goes there in parts: what S3 calls it
)

IS_UNDER_WAY = text("file_id IS NULL")  # in the words of the index, or it would not serve

Index("ix_uploads_owner", uploads.c.owner, uploads.c.id)
Index(
    "ix_uploads_under_way",
    *(uploads.c.owner, uploads.c.expires_at),
    sqlite_where=IS_UNDER_WAY,
    postgresql_where=IS_UNDER_WAY,
)
