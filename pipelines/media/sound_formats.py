"""What sound can be written as: light, because forms list it."""

from enum import StrEnum


class SoundFormat(StrEnum):
    """What sound can be written as."""

    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    FLAC = "flac"

    @property
    def media_type(self) -> str:
        """The output's media type."""
        return {"wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac"}[self.value]

    @property
    def codec(self) -> str:
        """FFmpeg's encoder."""
        return {"wav": "pcm_s16le", "mp3": "libmp3lame", "ogg": "libvorbis", "flac": "flac"}[self.value]
