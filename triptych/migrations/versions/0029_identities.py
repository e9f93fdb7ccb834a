"""Identities at a provider of OpenID Connect, attempts to sign in there, and what sessions that began so remember."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

USER = sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_identities_user_id", ondelete="CASCADE")
SESSION = sa.ForeignKeyConstraint(
    ["session_id"], ["sessions.id"], name="fk_sign_in_attempts_session_id", ondelete="CASCADE"
)


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("by_rule", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double()),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer_subject"),
        USER,
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("state_sha256", sa.String(64), nullable=False),
        sa.Column("browser_sha256", sa.String(64), nullable=False),
        sa.Column("issuer", sa.String(500), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("session_id", sa.String(36)),
        sa.Column("invitation_sha256", sa.String(64)),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("state_sha256", name="pk_sign_in_attempts"),
        SESSION,
    )
    op.create_index("ix_sign_in_attempts_expires_at", "sign_in_attempts", ["expires_at"])
    op.create_index("ix_sign_in_attempts_session_id", "sign_in_attempts", ["session_id"])
    op.add_column("sessions", sa.Column("identity_id", sa.String(36)))
    op.add_column("sessions", sa.Column("sign_out_url", sa.Text()))


def downgrade() -> None:
    op.drop_table("sign_in_attempts")
    op.drop_table("identities")
    op.drop_column("sessions", "sign_out_url")
    op.drop_column("sessions", "identity_id")
