"""PDFs of strangers, opened by a process of its own: what one of them makes its reader do, ends there."""
