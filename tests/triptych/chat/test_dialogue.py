"""The run of a reply reads the branch that leads to it, and writes to its conversation while the reply is its own."""

import pytest
from support.chatting import a_conversation, a_stored_file, answered, ask, begin, messages_of
from support.work import OWNER

from pipelines.chat.reply import ReplyParams
from pipelines.errors import BadInput
from triptych.chat.conversations import change_conversation, delete_conversation, get_conversation
from triptych.chat.posting import ask_anew
from triptych.jobs.leases import LeaseLost
from triptych.jobs.owner import cancel
from triptych.uploads import remove_file
from workers.ports.conversation import StoredConversation


@pytest.fixture
def conversation(store):
    return a_conversation(store)


def port_of(store, claimed):
    return StoredConversation(store, claimed, ReplyParams.model_validate(claimed.job.params))


def test_turns_are_those_of_the_branch_with_their_files(store, conversation):
    first, second = a_stored_file(store, b"one"), a_stored_file(store, b"two")
    begun = answered(store, conversation, "first", files=[first])
    answered(store, conversation, "aside")
    posted = ask(store, conversation, "second", files=[second], parent_id=begun.reply.id)

    dialogue = port_of(store, begin(store, posted)).dialogue()

    assert [(turn.role, turn.text) for turn in dialogue.turns] == [
        ("user", "first"),
        ("assistant", "In 1871 [1]."),
        ("user", "second"),
    ]
    assert [list(turn.files) for turn in dialogue.turns] == [[0], [], [1]]
    assert dialogue.file_ids == [first.id, second.id]
    assert dialogue.has_title is False


def test_summary_stands_for_the_turns_up_to_its_last(store, conversation):
    first = answered(store, conversation, "first")
    claimed = begin(store, ask(store, conversation, "second"))

    port_of(store, claimed).summarise(first.reply.id, "They spoke of harbours.")

    dialogue = port_of(store, claimed).dialogue()
    assert (dialogue.summary, [turn.text for turn in dialogue.turns]) == ("They spoke of harbours.", ["second"])


def test_summary_of_another_branch_is_not_told(store, conversation):
    first = answered(store, conversation, "first")
    claimed = begin(store, ask(store, conversation, "second"))
    port_of(store, claimed).summarise(first.reply.id, "They spoke of harbours.")

    elsewhere = begin(store, ask_anew(store, OWNER, conversation.id, first.message.id))

    dialogue = port_of(store, elsewhere).dialogue()
    assert (dialogue.summary, [turn.text for turn in dialogue.turns]) == ("", ["first"])


def test_title_never_replaces_its_owners(store, conversation):
    claimed = begin(store, ask(store, conversation))

    port_of(store, claimed).entitle("Harbours")
    made = get_conversation(store, OWNER, conversation.id).title
    change_conversation(store, OWNER, conversation.id, "Mine", {})
    port_of(store, claimed).entitle("Harbours")

    assert (made, get_conversation(store, OWNER, conversation.id).title) == ("Harbours", "Mine")


def test_what_was_said_becomes_the_text_of_a_spoken_message_alone(store, conversation):
    posted = ask(store, conversation, "written")
    port = port_of(store, begin(store, posted))

    port.heard(posted.message.id, "spoken")

    [question, _] = messages_of(store, conversation)
    assert question.text == "written"


def test_stopped_reply_writes_to_its_conversation_no_more(store, conversation):
    posted = ask(store, conversation)
    port = port_of(store, begin(store, posted))
    cancel(store, OWNER, posted.reply.job_id)

    with pytest.raises(LeaseLost):
        port.entitle("Too late")

    assert get_conversation(store, OWNER, conversation.id).title == ""


def test_deleted_conversation_is_gone_for_its_run(store, conversation):
    port = port_of(store, begin(store, ask(store, conversation)))
    delete_conversation(store, OWNER, conversation.id)

    with pytest.raises(BadInput) as told:
        port.dialogue()

    assert told.value.code == "gone"


def test_deleted_file_leaves_its_name_in_the_message(store, conversation):
    file = a_stored_file(store)
    answered(store, conversation, files=[file])

    remove_file(store, OWNER, file.id)

    [question, _] = messages_of(store, conversation)
    assert [(one.file_id, one.name) for one in question.files] == [(None, "hello.txt")]
    posted = ask(store, conversation, "and now?")
    assert port_of(store, begin(store, posted)).dialogue().file_ids == []
