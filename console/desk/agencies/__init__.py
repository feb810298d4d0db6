"""Agencies: which are engaged and until when (requirements §3.2-53, §5 rule 15)."""
