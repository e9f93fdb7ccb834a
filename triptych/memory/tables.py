"""The tables of the memory: where something was seen or heard, what it was, who made it, and what people say of it.

Beside them stand, in each database's own way, ``memory_words``, which finds by words, and for each space that vectors
lie in a table of its own (triptych/memory/spaces.py): no metadata can tell them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from triptych.database import JsonColumn, metadata

ID = String(36)
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up an INTEGER PRIMARY KEY alone

# A source is a file, or a job that made something of none. It stays with its tags as long as that does.
memory_sources = Table(
    "memory_sources",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),
    Column("id", ID, nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("file_id", ID, ForeignKey("files.id", ondelete="CASCADE"), unique=True),
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), unique=True),
    Column("title", Text, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("created_at", Double, nullable=False),
)
Index("ix_memory_sources_owner", memory_sources.c.owner, memory_sources.c.number)

memories = Table(
    "memories",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=True),  # what the words and the vectors know it by
    Column("id", ID, nullable=False, unique=True),  # made of what it is, so that the same is found there again
    Column("owner", String(64), nullable=False),
    Column("source", NUMBER, ForeignKey("memory_sources.number", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),  # MemoryKind
    Column("modality", String(16), nullable=False),  # Modality
    Column("language", String(16), nullable=False),  # ISO 639-1; empty where it is not known
    Column("text", Text, nullable=False),
    Column("place", JsonColumn, nullable=False),  # where in the source; see Memory in pipelines/house.py
    Column("position", Double, nullable=False),  # among its source's, in seconds, characters or lines
    Column("created_at", Double, nullable=False),
    Column("pinned_at", Double),
)
Index("ix_memories_source", memories.c.source, memories.c.position)
Index("ix_memories_owner", memories.c.owner, memories.c.number)
# What most filters ask of, so that those of a million memories that they let through are found without reading any.
Index(
    "ix_memories_filters",
    memories.c.owner,
    memories.c.modality,
    memories.c.kind,
    memories.c.language,
    memories.c.source,
    memories.c.number,
)
IS_NOTE = text("kind = 'note'")  # as it is written here: with a parameter the index is not used
Index("ix_memories_notes", memories.c.number, sqlite_where=IS_NOTE, postgresql_where=IS_NOTE)

# A memory is there as long as one of the jobs that made it; a note, which its owner wrote, has none and stays.
memory_makers = Table(
    "memory_makers",
    metadata,
    Column("memory", NUMBER, ForeignKey("memories.number", ondelete="CASCADE"), primary_key=True),
    Column("job_id", ID, ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("attempt", Integer, nullable=False),  # of the job that indexed: what an earlier one made is forgotten
)
Index("ix_memory_makers_job_id", memory_makers.c.job_id)

# Pins of memories that are gone because their job is done again, until what takes their place is there.
memory_pins = Table(
    "memory_pins",
    metadata,
    Column("id", ID, primary_key=True),  # of the memory, which it will have again if it is the same
    Column("source", NUMBER, ForeignKey("memory_sources.number", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("position", Double, nullable=False),
    Column("text", Text, nullable=False),
    Column("pinned_at", Double, nullable=False),
    Column("missed", SmallInteger, nullable=False, server_default="0"),  # by runs that made nothing like it
)
Index("ix_memory_pins_source", memory_pins.c.source)

memory_tags = Table(
    "memory_tags",
    metadata,
    Column("source", NUMBER, ForeignKey("memory_sources.number", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(64), primary_key=True),
)
Index("ix_memory_tags_tag", memory_tags.c.tag)

collections = Table(
    "collections",
    metadata,
    Column("id", ID, primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("name", String(128), nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("owner", "name"),
)

collection_sources = Table(
    "collection_sources",
    metadata,
    Column("collection_id", ID, ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True),
    Column("source", NUMBER, ForeignKey("memory_sources.number", ondelete="CASCADE"), primary_key=True),
    Column("added_at", Double, nullable=False),
)
Index("ix_collection_sources_source", collection_sources.c.source)

# Where vectors of one model lie. While another model's are being made, both are kept up to date.
memory_spaces = Table(
    "memory_spaces",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),  # SpaceKind: vectors of texts, or of pictures
    Column("model", String(255), nullable=False),  # engine and model, as a result names them
    Column("dimensions", SmallInteger, nullable=False),
    Column("is_joint", Boolean, nullable=False),  # whether a text's vector lies among those of pictures
    Column("state", String(16), nullable=False),  # SpaceState
    Column("created_at", Double, nullable=False),
    Column("centre", LargeBinary),  # of its vectors, which SQLite compares them from; none while they are few
    Column("job_id", ID),  # the job that fills it, or filled it last; whatever became of that
)
IS_IN_USE = text("state <> 'retired'")
Index(
    "ix_memory_spaces_model",
    memory_spaces.c.kind,
    memory_spaces.c.model,
    unique=True,
    sqlite_where=IS_IN_USE,
    postgresql_where=IS_IN_USE,
)

# Imports that are whole: their rows, which stand under the name ``staged``, are being given to their owner.
memory_imports = Table(
    "memory_imports",
    metadata,
    Column("staged", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("whole_at", Double, nullable=False),
)
