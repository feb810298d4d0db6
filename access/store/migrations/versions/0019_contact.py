"""Contact rules, consents and attempts: how and when a customer may be contacted, and every attempt."""

from __future__ import annotations

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
