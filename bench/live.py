"""Live speech: how long after they were said words are shown, and how long until they stand for good.

Phrases of digits by eSpeak NG are sent to `/api/v1/listen` at the pace of speech, a tenth of a second at a time, with
pauses of one to three seconds between them; the worker hears them with the small Whisper of the tests. Told are the
seconds from when the last sample was sent to when the text came back: of the last word of what was shown unfinished
(`job.partial`), and of the phrase when it stood for good (`job.part`), 0.6 s of which are the pause that ends it. The
first phrase is left out: the model loads meanwhile. API, Redis and worker are a private stack on this machine.

    python -m bench.live [--phrases 20] [--seed 12345]
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import websocket

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))  # the checkpoint lies with the tests

from checkpoints.digits import publish
from checkpoints.spoken_digits import RATE_HZ, Phrase, Speaker, phrases

from bench.stack import QUIET, Stack, celery_worker, private_stack, process
from bench.table import Table, percentile, print_tables

LANE = "gpu"
PIECE = RATE_HZ // 10
LONGEST_S = 60.0  # a bound for a server that hangs, never what is measured


@dataclass
class Talk:
    """What is said, when, and what came back; seconds are those of the recording, ``sent_at`` those of this process."""

    pcm: np.ndarray[Any, np.dtype[np.int16]]
    ends_s: list[float]
    sent_at: list[float] = field(default_factory=list)  # of each piece
    came: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def since(self, came_at: float, moment_s: float) -> float:
        """How long before ``came_at`` the sample at that moment was sent."""
        piece = min(int(moment_s * RATE_HZ) // PIECE, len(self.sent_at) - 1)
        return float(came_at - self.sent_at[piece])


def tables(arguments: Sequence[str]) -> Iterator[Table]:
    """Speak, and tell how late the words were."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--phrases", type=int, default=20)
    parser.add_argument("--seed", type=int, default=12345, help="another one than training's 0, 1 and 2")
    options = parser.parse_args(arguments)
    talk = _talk(options.phrases + 1, random.Random(options.seed))
    with private_stack() as stack:
        publish(stack.home / "models" / "whisper" / "tiny.pt")
        environment = {
            **os.environ,
            **QUIET,
            "TRIPTYCH_HOME": str(stack.home),
            "TRIPTYCH_REDIS_URL": stack.redis_url,
            "TRIPTYCH_OFFLINE": "1",
        }
        with process(celery_worker("workers.app", LANE), environment):
            _speak(stack, talk)
    rows = [_row("shown unfinished", _shown_s(talk)), _row("for good, the pause included", _told_s(talk))]
    yield Table(
        f"{options.phrases} phrases, seconds from the last word to its text",
        ("text", "texts", "median s", "90 % s", "most s"),
        rows,
    )


def _talk(count: int, chance: random.Random) -> Talk:
    """``count`` phrases in English, the first with much time behind it."""
    said = _english(Speaker(), chance, count)
    pieces, ends_s, at = [np.zeros(RATE_HZ, np.float32)], [], 1.0
    for number, phrase in enumerate(said):
        pause_s = LONGEST_S / 2 if number == 0 else chance.uniform(1, 3)
        ends_s.append(at + phrase.end_s)
        pieces += [phrase.samples, np.zeros(round(pause_s * RATE_HZ), np.float32)]
        at += (len(pieces[-2]) + len(pieces[-1])) / RATE_HZ
    return Talk((np.concatenate(pieces).clip(-1, 1) * 32767).astype("<i2"), ends_s)


def _english(speaker: Speaker, chance: random.Random, count: int) -> list[Phrase]:
    made = (phrase for phrase in phrases(speaker, chance) if phrase.language == "en" and len(phrase.digits) > 3)
    return [next(made) for _ in range(count)]


def _speak(stack: Stack, talk: Talk) -> None:
    client = websocket.create_connection(stack.url.replace("http", "ws") + "/api/v1/listen", timeout=LONGEST_S)
    client.send(json.dumps({"type": "start", "params": {"size": "tiny", "language": "en"}}))
    hearing = Thread(target=_hear, args=(client, talk))
    hearing.start()
    begun_at = time.monotonic()
    for number, first in enumerate(range(0, len(talk.pcm), PIECE)):
        time.sleep(max(begun_at + (number + 1) * PIECE / RATE_HZ - time.monotonic(), 0))
        client.send_binary(talk.pcm[first : first + PIECE].tobytes())
        talk.sent_at.append(time.monotonic())
    client.send(json.dumps({"type": "stop"}))
    hearing.join()
    client.close()


def _hear(client: websocket.WebSocket, talk: Talk) -> None:
    while True:
        message = json.loads(client.recv())
        talk.came.append((time.monotonic(), message))
        if message["type"] in ("job.finished", "refused"):
            return


def _bodies(talk: Talk, kind: str) -> Iterator[tuple[float, dict[str, Any]]]:
    """What came of this kind, behind the first phrase's."""
    behind_first_s = talk.ends_s[0] + LONGEST_S / 4
    for came_at, message in talk.came:
        if message["type"] == kind and message["data"]["body"]["start_s"] > behind_first_s:
            yield came_at, message["data"]["body"]


def _shown_s(talk: Talk) -> list[float]:
    return [talk.since(came_at, body["end_s"]) for came_at, body in _bodies(talk, "job.partial") if body["text"]]


def _told_s(talk: Talk) -> list[float]:
    """Of each phrase: from its true end, whatever the model takes for it."""
    told: dict[float, float] = {}
    for came_at, body in _bodies(talk, "job.part"):
        end_s = min(talk.ends_s, key=lambda end_s: abs(end_s - body["end_s"]))
        told[end_s] = talk.since(came_at, end_s)
    return list(told.values())


def _row(text: str, late_s: Sequence[float]) -> Sequence[object]:
    return (text, len(late_s), percentile(late_s, 50), percentile(late_s, 90), max(late_s))


if __name__ == "__main__":
    print_tables(tables(sys.argv[1:]))
