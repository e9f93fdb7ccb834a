"""Bytes by content hash: written once, whole or not at all, shared by everything that has the same content."""

from triptych.blobs.blobs import Blobs
from triptych.blobs.directory import DirectoryBlobs
from triptych.blobs.drafts import (
    CHECK_DISK_BYTES,
    CHUNK_BYTES,
    KEEP_FREE_BYTES,
    Blob,
    BlobsAway,
    Draft,
    Incoming,
    NoDisk,
    Scratch,
    TooLarge,
    make_room,
    sync_directory,
)

__all__ = [
    "CHECK_DISK_BYTES",
    "CHUNK_BYTES",
    "KEEP_FREE_BYTES",
    "Blob",
    "Blobs",
    "BlobsAway",
    "DirectoryBlobs",
    "Draft",
    "Incoming",
    "NoDisk",
    "Scratch",
    "TooLarge",
    "make_room",
    "sync_directory",
]
