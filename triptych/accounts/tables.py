"""The tables of accounts. Of every secret only a hash is kept: who reads the database can sign in as nobody."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from triptych.database import JsonColumn, metadata

ID = String(36)
SHA256 = String(64)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),  # what others call owner
    Column("email", String(254), nullable=False, unique=True),  # in lower case
    Column("name", String(100), nullable=False),
    Column("role", String(16), nullable=False),  # Role
    Column("password_hash", Text),  # Argon2id, with its parameters; none: comes by keys alone
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    # What an administrator allows in place of the settings' quotas; null: as these say; 0: no bound.
    Column("quota_queued", Integer),
    Column("quota_bytes", BigInteger),
    Column("quota_in_flight", Integer),
    Column("quota_uploads", Integer),
)


def _user_id(*, index: bool = False) -> Column[str]:
    """Whose it is, with whom it goes."""
    return Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=index)


sessions = Table(
    "sessions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_sha256", SHA256, nullable=False, unique=True),
    _user_id(index=True),
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),  # written once a minute
    Column("expires_at", Double, nullable=False),
    Column("address", String(64), nullable=False),
    Column("agent", String(200), nullable=False),
    Column("identity_id", ID),  # by which it began; none: by a password
    Column("sign_out_url", Text),  # where that provider's own session is ended
)

identities = Table(
    "identities",
    metadata,
    Column("id", ID, primary_key=True),
    _user_id(index=True),
    Column("issuer", String(500), nullable=False),
    Column("subject", String(255), nullable=False),  # who it is there, for good; an address may change hands
    Column("email", String(254), nullable=False),  # what the provider said last, to know it again; may be empty
    Column("by_rule", Boolean, nullable=False),  # came by a domain or a claim, and comes as long as that holds
    Column("created_at", Double, nullable=False),
    Column("used_at", Double),
    UniqueConstraint("issuer", "subject"),
)

# Rows are added, and used once. The browser's token is what a sign-in hangs on, and of that a hash is here alone.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("state_sha256", SHA256, primary_key=True),
    Column("browser_sha256", SHA256, nullable=False),
    Column("issuer", String(500), nullable=False),
    Column("path", Text, nullable=False),  # of ours, where whoever signed in goes on
    Column("session_id", ID, ForeignKey("sessions.id", ondelete="CASCADE"), index=True),  # whose user wants to link
    Column("invitation_sha256", SHA256),  # by whose link somebody comes
    Column("expires_at", Double, nullable=False, index=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("prefix", String(16), nullable=False, index=True),
    Column("key_sha256", SHA256, nullable=False),
    _user_id(),
    Column("name", String(100), nullable=False),
    Column("scopes", JsonColumn, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),  # written once a minute
    Column("expires_at", Double),
)
Index("ix_api_keys_user", api_keys.c.user_id, api_keys.c.id)

invitations = Table(
    "invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_sha256", SHA256, nullable=False, unique=True),
    Column("email", String(254)),  # none: the first administrator says it (set-up)
    Column("role", String(16), nullable=False),
    Column("created_by", ID, ForeignKey("users.id", ondelete="CASCADE")),  # none: the house itself (set-up)
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
)

# Rows are added, and removed once they are too old; nothing changes one. Users are named, not referred to: what a
# deleted one did is still told.
audit = Table(
    "audit",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", Double, nullable=False, index=True),
    Column("actor_id", ID),  # none: nobody who is known
    Column("actor", String(254), nullable=False),
    Column("action", String(40), nullable=False),  # Action
    Column("object_id", String(254), nullable=False),
    Column("address", String(64), nullable=False),
    Column("detail", JsonColumn, nullable=False),
)
Index("ix_audit_actor", audit.c.actor_id, audit.c.id)
