"""Which number a special filing is for, by its entry in the blind index: a place of a case may get another number.

Who agreed, agreed to one number. A filing that does not say which does not prove itself, so it opens nothing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("special_filing", sa.Column("entry", sa.LargeBinary(length=16), nullable=True))
