"""Questions put before the process that answers them, and its answers, step by step."""

import shutil
from pathlib import Path

from pipelines.house import Space, SpaceKind
from support.stores import with_settings
from triptych.memory.questions import ANSWER, WAITING, Asked, Asking
from triptych.memory.spaces import open_space
from triptych.store import Store

CHECKPOINTS = Path(__file__).parents[1] / "checkpoints"
MINILM = Space(SpaceKind.TEXT, "all-MiniLM-L6-v2", 384)
JOINT = Space(SpaceKind.PICTURE, "joint", 32, is_joint=True)


def with_joint_model(store: Store, models_dir: Path) -> Store:
    """The store with a models' folder that holds the weights of JOINT."""
    shutil.copytree(CHECKPOINTS / "joint", models_dir / "open-clip" / "joint")
    return with_settings(store, models_dir=models_dir)


def searched(store: Store, *spaces: Space) -> None:
    """Have these spaces be searched."""
    with store.database.write() as connection:
        for space in spaces:
            open_space(connection, space, store.clock())


def asked(store: Store, *askings: Asking) -> list[str]:
    """Put questions before the process, and tell where their answers will be."""
    for asking in askings:
        store.wire.redis.rpush(WAITING, asking.encode())
    return [f"{ANSWER}{asking.id}" for asking in askings]


def answer_at(store: Store, key: str) -> Asked | None:
    came = store.wire.redis.lpop(key)
    return Asked.decode(came) if came else None
