"""Revealing a field: ask, decide, look, revoke, review.

What may happen is settled in `access.grants`; here it is carried out, told to whom it concerns, and shown.
"""
