"""Reading sound out of any recording or video, a block at a time and from plain containers only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import log10
from typing import Any

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from pipelines.contract import Source
from pipelines.errors import BadInput
from pipelines.media.sound_frames import Timeline, holds_floats, only_numbers, silence
from pipelines.media.sound_headers import promised_by_wav_s

SPEECH_RATE_HZ = 16_000  # what Whisper's and PocketSphinx's acoustic models were trained on

# Demuxers that read one file and nothing else. Playlists, concat scripts and capture devices are not among
# them: FFmpeg picks the demuxer by content, so a playlist called x.wav would read its neighbours.
PLAIN_CONTAINERS = "wav,w64,mp3,flac,ogg,mov,matroska,aac,aiff,avi,mpegts,mpeg,caf,au,amr,asf,flv,ac3,eac3"
NO_PROTOCOL = "none"  # the file is handed over open, so that no demuxer has a reason to open anything by name
OPEN_OPTIONS = {"format_whitelist": PLAIN_CONTAINERS, "protocol_whitelist": NO_PROTOCOL}

MAX_CHANNELS = 32
MIN_RATE_HZ, MAX_RATE_HZ = 1_000, 768_000
MAX_DURATION_S = 24 * 3600.0  # counted while decoding: a header may claim anything
AV_TIME_BASE = 1_000_000  # FFmpeg counts a container's times in microseconds

# FLAC's frames carry checksums, and a decoder that is not told to mind them turns damage into loud noise.
DECODER_OPTIONS = {"flac": {"err_detect": "crccheck+explode"}}

Block = NDArray[np.generic]


@dataclass(slots=True)
class Sound:
    """An opened sound track. ``promised_s`` is a WAV header's word on its duration.

    The last five grow while blocks are read; what is missing inside counts as decoded, for it is heard as silence.
    """

    name: str
    container: Any  # PyAV ships no types that hold here
    stream: Any
    promised_s: float | None = None
    decoded_s: float = field(default=0.0, init=False)
    damaged_packets: int = field(default=0, init=False)
    missing_s: float = field(default=0.0, init=False)
    samples_not_numbers: int = field(default=0, init=False)
    highest: float = field(default=0.0, init=False)  # of samples that a file holds as floats, where 1 is full scale

    @property
    def rate_hz(self) -> int:
        """Samples a second, as recorded."""
        return int(self.stream.codec_context.sample_rate)

    @property
    def channels(self) -> int:
        """Channels, as recorded."""
        return int(self.stream.codec_context.channels)

    @property
    def layout(self) -> str:
        """Which channels these are, as FFmpeg names them: ``mono``, ``5.1(side)``, or ``6 channels`` somewhere."""
        return str(self.stream.codec_context.layout.name)

    @property
    def codec(self) -> str:
        """How the sound is coded, as FFmpeg names it, such as ``mp3``."""
        return str(self.stream.codec_context.codec.canonical_name)

    @property
    def form(self) -> str:
        """The container, as FFmpeg names it; those that share a demuxer are named together: ``mov,mp4,m4a,...``."""
        return str(self.container.format.name)

    @property
    def start_s(self) -> float:
        """How many seconds into the recording the sound begins: a video's may begin after its picture."""
        begins, whole_begins = self.stream.start_time, self.container.start_time
        if begins is None or whole_begins is None:
            return 0.0
        late_s = round(float(begins * self.stream.time_base) - whole_begins / AV_TIME_BASE, 3)
        return late_s if 0 < late_s <= MAX_DURATION_S else 0.0

    @property
    def end_s(self) -> float:
        """How many seconds into the recording the sound ends that was decoded so far."""
        return self.start_s + self.decoded_s

    @property
    def claimed_end_s(self) -> float | None:
        """Where the sound ends by the header, in seconds; None when it claims nothing or nonsense."""
        claimed = self.promised_s
        if claimed is None and self.stream.duration and self.stream.time_base:
            claimed = self.start_s + float(self.stream.duration * self.stream.time_base)
        elif claimed is None and self.container.duration and not self.container.streams.video:
            claimed = self.container.duration / AV_TIME_BASE
        return claimed if claimed is not None and 0 < claimed <= MAX_DURATION_S else None

    def mono(self, rate_hz: int = SPEECH_RATE_HZ) -> Iterator[NDArray[np.float32]]:
        """Yield blocks of shape (samples,) in -1..1: one channel, resampled to ``rate_hz``."""
        for block in self._blocks("flt", "mono", 1, rate_hz):
            samples = np.nan_to_num(block.reshape(-1).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
            yield np.clip(samples, -1.0, 1.0)

    def pcm16(self, rate_hz: int, channels: int) -> Iterator[NDArray[np.int16]]:
        """Yield blocks of shape (samples, channels), 16-bit; ``channels`` is 1 or 2."""
        for block in self._blocks("s16", "mono" if channels == 1 else "stereo", channels, rate_hz):
            yield block.reshape(-1, channels).astype(np.int16)

    def as_recorded(self) -> Iterator[NDArray[np.float32]]:
        """Yield blocks of shape (samples, channels) at the recording's own rate; lossy sound may pass -1..1."""
        layout, channels = self.stream.codec_context.layout, self.channels
        for block in self._blocks("flt", layout, channels, self.rate_hz):
            yield np.nan_to_num(block.reshape(-1, channels).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)

    def warnings(self) -> tuple[str, ...]:
        """What the user should know once every block was read: other tracks, damage skipped, an end too early."""
        found = [*self.passed_over()]
        if self.damaged_packets:
            found.append(f"{self.name!r} is damaged: {self.damaged_packets} packets could not be decoded")
        if self.missing_s:
            found.append(f"{self.name!r} lacks {self.missing_s:.1f} s of its sound, heard as silence")
        if self.samples_not_numbers:
            found.append(
                f"{self.name!r} holds {self.samples_not_numbers} samples that are no numbers, heard as silence"
            )
        if self.highest > 1.0:
            found.append(
                f"{self.name!r} is up to {20 * log10(self.highest):.1f} dB louder than full scale; what is above is "
                "cut off"
            )
        claimed = self.claimed_end_s
        if claimed is not None and self.end_s < self._early_s(claimed):
            found.append(f"{self.name!r} ends after {self.end_s:.1f} s; its header promises {claimed:.1f} s")
        return tuple(found)

    def passed_over(self) -> tuple[str, ...]:
        """What the user should know of the file's other sound tracks, such as other languages."""
        tracks = list(self.container.streams.audio)
        number = tracks.index(self.stream) + 1
        which = "the first" if number == 1 else f"number {number}"
        return (f"{self.name!r} has {len(tracks)} sound tracks: {which} is heard",) if len(tracks) > 1 else ()

    def _early_s(self, claimed_s: float) -> float:
        """Before which moment an end is too early: WAV headers are exact, those of VBR MP3 are estimates."""
        return claimed_s - 0.1 if self.promised_s is not None else 0.9 * claimed_s - 0.5

    def _blocks(self, sample_format: str, layout: Any, channels: int, rate_hz: int) -> Iterator[Block]:  # Any: PyAV's
        make = _resampler_maker(sample_format, layout, rate_hz)
        dtype = np.float32 if sample_format == "flt" else np.int16
        resampler: Any = None
        shape = None
        for gap_s, frame in self._frames():
            if shape != (shape := (frame.format.name, frame.layout.name, frame.sample_rate)):  # chained Ogg, odd MP3
                yield from _drain(resampler)
                resampler = make()
            yield from silence(gap_s, rate_hz, channels, dtype)
            frame.pts = None  # time stamps were minded already; the resampler stumbles over odd ones
            yield from (out.to_ndarray() for out in resampler.resample(frame) if out.samples)
        yield from _drain(resampler)

    def _frames(self) -> Iterator[tuple[float, Any]]:
        """Yield each frame with the seconds that are missing before it."""
        timeline = Timeline()
        floats = holds_floats(self.stream.codec_context.name)
        for frame in self._decoded():
            _refuse_absurd(self.name, frame.layout.nb_channels, frame.sample_rate)
            gap_s = timeline.gap_before(frame)
            self.missing_s += gap_s
            self.decoded_s += gap_s + frame.samples / frame.sample_rate
            if self.decoded_s > MAX_DURATION_S:
                raise BadInput(f"{self.name!r} is longer than {MAX_DURATION_S / 3600:.0f} hours", code="too_long")
            mended, wrong, highest = only_numbers(frame) if floats else (frame, 0, 0.0)
            self.samples_not_numbers += wrong
            self.highest = max(self.highest, highest)
            yield gap_s, mended
        if not self.decoded_s:
            raise BadInput(f"{self.name!r} holds a sound track of which nothing can be decoded", code="bad_media")

    def _decoded(self) -> Iterator[Any]:
        for packet in self._packets():
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                self.damaged_packets += 1

    def _packets(self) -> Iterator[Any]:
        try:
            yield from self.container.demux(self.stream)
        except av.error.FFmpegError:  # the container breaks off; what came before is good
            self.damaged_packets += 1


@contextmanager
def open_sound(source: Source) -> Iterator[Sound]:
    """Open the sound track of ``source``, a video's too: of several the one that the file says is the default.

    Raises BadInput: ``bad_media`` when it is no recording that can be read, ``no_audio`` when it is silent film.
    """
    with source.path.open("rb") as file:
        promised_s = promised_by_wav_s(file)
        file.seek(0)
        try:
            # Titles of recordings are in whichever encoding their writer liked.
            container = av.open(file, options=OPEN_OPTIONS, metadata_errors="replace")
        except (av.error.FFmpegError, ValueError) as error:
            raise BadInput(
                f"{source.name!r} is not a recording that can be read: it is damaged, empty or of an unknown format",
                code="bad_media",
            ) from error
        with container:
            if not container.streams.audio:
                raise BadInput(f"{source.name!r} has no sound track", code="no_audio")
            sound = Sound(source.name, container, _best_track(source.name, container), promised_s)
            _refuse_absurd(source.name, sound.channels, sound.rate_hz)
            yield sound


def _best_track(name: str, container: Any) -> Any:
    """The first that the file calls its default, of those that can be decoded; else the first of them."""
    decodable = [stream for stream in container.streams.audio if stream.codec_context is not None]
    if not decodable:
        raise BadInput(f"the sound of {name!r} is in a format that cannot be decoded", code="bad_media")
    best = next((stream for stream in decodable if stream.disposition & Disposition.default), decodable[0])
    best.codec_context.options = DECODER_OPTIONS.get(best.codec_context.name, {})
    return best


def _resampler_maker(sample_format: str, layout: Any, rate_hz: int) -> Callable[[], Any]:
    return lambda: av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz)


def _drain(resampler: Any) -> Iterator[Block]:
    if resampler is not None:
        yield from (out.to_ndarray() for out in resampler.resample(None) if out.samples)


def _refuse_absurd(name: str, channels: int, rate_hz: int) -> None:
    if not 1 <= channels <= MAX_CHANNELS:
        raise BadInput(f"{name!r} claims {channels} channels; 1 to {MAX_CHANNELS} are accepted", code="bad_media")
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise BadInput(
            f"{name!r} claims {rate_hz} samples a second; {MIN_RATE_HZ} to {MAX_RATE_HZ} are accepted",
            code="bad_media",
        )
