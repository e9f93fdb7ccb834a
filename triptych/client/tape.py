"""Sound between whoever makes it and the server: it is kept until the server has it on its disk."""

from collections.abc import Iterable
from threading import Condition, Thread

MOST_BYTES = 16 * 1024**2  # nine minutes of speech: more than an API may be away
PIECE_BYTES = 32 * 1024  # of one message; the API takes 64 KiB


class Tape:
    """What was recorded and may have to be sent again, of which ``sound`` is read ahead by a thread of its own."""

    def __init__(self, sound: Iterable[bytes]) -> None:
        self._sound = sound
        self._changed = Condition()
        self._held = bytearray()
        self._from = 0  # where in the recording what is held begins
        self._is_whole = self._is_closed = False
        self.error: BaseException | None = None
        Thread(target=self._fill, daemon=True).start()

    def close(self) -> None:
        """Read and give nothing more; whoever waits for it goes on."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def forget(self, before: int) -> None:
        """Drop the bytes in front of ``before``, which the server has."""
        with self._changed:
            del self._held[: max(0, before - self._from)]
            self._from = max(self._from, before)
            self._changed.notify_all()

    def read(self, at: int, hand: "Hand") -> bytes:
        """What comes behind the first ``at`` bytes of the recording; empty at its end, or once ``hand`` is off."""
        with self._changed:
            self._changed.wait_for(lambda: self._has(at) or self._is_whole or self._is_closed or hand.is_off)
            begins = at - self._from
            return b"" if hand.is_off else bytes(self._held[begins : begins + PIECE_BYTES])

    def take_off(self, hand: "Hand") -> None:
        """Let ``hand`` read nothing more."""
        with self._changed:
            hand.is_off = True
            self._changed.notify_all()

    def _has(self, at: int) -> bool:
        return at < self._from + len(self._held)

    def _fill(self) -> None:
        try:
            for piece in self._sound:
                with self._changed:
                    self._changed.wait_for(lambda: len(self._held) < MOST_BYTES or self._is_closed)
                    if self._is_closed:
                        return
                    self._held += piece
                    self._changed.notify_all()
        except BaseException as error:  # whoever listens is told, in their own thread
            self.error = error
        with self._changed:
            self._is_whole = True
            self._changed.notify_all()


class Hand:
    """Whoever reads the tape for one connection, until that breaks."""

    is_off = False
