"""The conversation that a run's reply is for, as its pipeline sees it."""

from pipelines.chat.reply import ReplyParams
from pipelines.contract import JsonObject, Params
from pipelines.errors import BadInput
from pipelines.house import ConversationPort, Dialogue
from pipelines.houseless import NoConversation
from triptych.chat import dialogue, speaking
from triptych.chat.dialogue import ReplyPlace
from triptych.jobs.leases import Claim
from triptych.jobs.quotas import QuotaExceeded
from triptych.store import Store


def conversation_of(store: Store, claimed: Claim, params: Params) -> ConversationPort:
    """The conversation that the claimed job writes to, which says that there is none unless the job is a reply."""
    return StoredConversation(store, claimed, params) if isinstance(params, ReplyParams) else NoConversation()


class StoredConversation:
    """See ``ConversationPort``. What is lost with the lease raises LeaseLost, as everything of a run does."""

    def __init__(self, store: Store, claimed: Claim, params: ReplyParams) -> None:
        self._store = store
        self._claimed = claimed
        self._place = ReplyPlace(params.conversation, params.reply)

    def dialogue(self) -> Dialogue:
        """The turns that lead to the reply. Raises BadInput with the code ``gone``."""
        return dialogue.dialogue_of(self._store, self._claimed, self._place)

    def heard(self, message_id: str, text: str) -> None:
        """Give a message that was spoken its text."""
        dialogue.hear_message(self._store, self._claimed, self._place, message_id, text)

    def summarise(self, upto: str, summary: str) -> None:
        """Have ``summary`` tell of the turns up to that message."""
        dialogue.keep_summary(self._store, self._claimed, self._place, upto, summary)

    def entitle(self, title: str) -> None:
        """Call the conversation so, unless it is called something already."""
        dialogue.entitle(self._store, self._claimed, self._place, title)

    def speak(self, text: str, params: JsonObject) -> None:
        """Have ``text`` read aloud as a child of the reply. Raises BadInput where no more files may be kept."""
        try:
            speaking.speak_reply(self._store, self._claimed, text, params)
        except QuotaExceeded as error:
            raise BadInput(str(error), code="quota_exceeded") from error
