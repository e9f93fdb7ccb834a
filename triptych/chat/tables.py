"""The tables of conversations: messages hang on the one they follow, so that a question asked anew is a branch."""

from sqlalchemy import Column, Double, ForeignKey, Index, SmallInteger, String, Table, Text

from triptych.database import JsonColumn, metadata

ID = String(36)

conversations = Table(
    "conversations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("title", Text, nullable=False),  # empty until one is made
    Column("title_by", String(8), nullable=False),  # user, or auto: what its owner wrote is never replaced
    Column("settings", JsonColumn, nullable=False),  # ConversationSettings
    Column("summary", Text, nullable=False),  # of the turns that no longer fit the model's window
    Column("summary_upto", ID),  # the last message that it tells of
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
)
Index("ix_conversations_owner", conversations.c.owner, conversations.c.updated_at)

messages = Table(
    "messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", ID, ForeignKey("messages.id", ondelete="CASCADE")),  # the message it follows
    Column("role", String(16), nullable=False),  # Role: user or assistant
    Column("text", Text, nullable=False),  # of a reply: what had come when its job ended
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="SET NULL")),  # of a reply: who writes it
    Column("citations", JsonColumn, nullable=False),
    Column("body", JsonColumn, nullable=False),  # of a reply: state, engine, warnings, error, as its job ended
    Column("created_at", Double, nullable=False),
)
Index("ix_messages_conversation", messages.c.conversation_id, messages.c.id)
Index("ix_messages_parent_id", messages.c.parent_id)
Index("ix_messages_job_id", messages.c.job_id)

message_files = Table(
    "message_files",
    metadata,
    Column("message_id", ID, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("ordinal", SmallInteger, primary_key=True),
    Column("file_id", ID, ForeignKey("files.id", ondelete="SET NULL")),  # a deleted file leaves its name
    Column("name", Text, nullable=False),
    Column("media_type", String(255), nullable=False),
)
Index("ix_message_files_file_id", message_files.c.file_id)
