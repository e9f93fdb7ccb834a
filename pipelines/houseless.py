"""What stands behind the ports of a run outside the house: in a test or at a prompt there is nobody to ask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipelines.errors import EngineUnavailable
from pipelines.house import Dialogue, Memory, Product, Recollection, Space, Wanted

if TYPE_CHECKING:
    from pipelines.contract import JsonObject


class NoMemory:
    """The memory of a run outside the house: nothing was ever seen, and nothing is kept."""

    def recall(self, question: str, count: int, only: Mapping[str, Any] | None = None) -> Recollection:  # noqa: ARG002  the port's
        """Nothing."""
        return Recollection(())

    def spaces(self) -> Sequence[Space]:
        """None."""
        return ()

    def keep(self, job_id: str, memories: Iterable[Memory]) -> Sequence[str]:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise EngineUnavailable("there is no memory outside of a worker")

    def settle(self, job_id: str) -> None:
        """Nothing was kept."""


class NoJobs:
    """The jobs of a run outside the house: there are none."""

    def product(self, job_id: str) -> Product:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise EngineUnavailable("there are no other jobs outside of a worker")

    def children(self, wanted: Sequence[Wanted]) -> list[Product]:
        """Raises EngineUnavailable where any is wanted."""
        if wanted:
            raise EngineUnavailable("there are no other jobs outside of a worker")
        return []


class NoConversation:
    """The conversation of a run that is no reply."""

    def dialogue(self) -> Dialogue:
        """Raises EngineUnavailable."""
        raise _no_conversation()

    def heard(self, message_id: str, text: str) -> None:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise _no_conversation()

    def summarise(self, upto: str, summary: str) -> None:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise _no_conversation()

    def entitle(self, title: str) -> None:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise _no_conversation()

    def speak(self, text: str, params: "JsonObject") -> None:  # noqa: ARG002  the port's
        """Raises EngineUnavailable."""
        raise _no_conversation()


def _no_conversation() -> EngineUnavailable:
    return EngineUnavailable("this job belongs to no conversation")
