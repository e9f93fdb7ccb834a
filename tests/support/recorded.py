"""Recordings and pictures that tell when they were made, in the real formats."""

import subprocess
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe
from PIL import ExifTags, Image

from pipelines.contract import Source

TYPES = {
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "audio/webm",
    ".mkv": "video/x-matroska",
    ".wav": "audio/wav",
    ".jpg": "image/jpeg",
    ".txt": "text/plain",
}


def source_of(path: Path) -> Source:
    return Source(path, path.name, TYPES[path.suffix], path.stat().st_size)


def film(path: Path, *options: str, **notes: str) -> Source:
    """Two seconds of a tone, with these notes in the container."""
    told = [word for key, value in notes.items() for word in ("-metadata", f"{key}={value}")]
    made = ["-f", "lavfi", "-i", "sine=d=2", *told, *options, str(path)]
    subprocess.run([get_ffmpeg_exe(), "-v", "error", *made], check=True)
    return source_of(path)


def photo(path: Path, **notes: str) -> Source:
    """A small JPEG with these notes of its camera, by EXIF's names."""
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base[key]: value for key, value in notes.items()})
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    return source_of(path)
