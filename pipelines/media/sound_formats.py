"""What sound can be written as: light, because forms list it."""

from enum import StrEnum


class SoundFormat(StrEnum):
    """What sound can be written as."""

    WAV = "wav"
    MP3 = "mp3"
    OGG = "ogg"
    FLAC = "flac"
    OPUS = "opus"
    AAC = "aac"
    PCM = "pcm"  # 16-bit samples, little-endian, and nothing else

    @property
    def media_type(self) -> str:
        """The output's media type."""
        return _OF_FORMAT[self][0]

    @property
    def codec(self) -> str:
        """FFmpeg's encoder."""
        return _OF_FORMAT[self][1]

    @property
    def muxer(self) -> str:
        """What FFmpeg calls the format itself."""
        return _OF_FORMAT[self][2]


_OF_FORMAT = {
    SoundFormat.WAV: ("audio/wav", "pcm_s16le", "wav"),
    SoundFormat.MP3: ("audio/mpeg", "libmp3lame", "mp3"),
    SoundFormat.OGG: ("audio/ogg", "libvorbis", "ogg"),
    SoundFormat.FLAC: ("audio/flac", "flac", "flac"),
    SoundFormat.OPUS: ("audio/ogg", "libopus", "opus"),
    SoundFormat.AAC: ("audio/aac", "aac", "adts"),
    SoundFormat.PCM: ("application/octet-stream", "pcm_s16le", "s16le"),  # which no viewer can play by itself
}
HOLDING = (SoundFormat.WAV, SoundFormat.MP3, SoundFormat.OGG, SoundFormat.FLAC)
"""Those that hold sound of any rate, of one channel or two."""
