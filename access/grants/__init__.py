"""Reveal requests, live grants, and the budget of acts that answer to a hidden value.

Nothing here opens a value: it settles whether one may be opened at this instant, writes that down, and leaves opening
to whoever holds the keys. Every change is a compare-and-set on a row that proves itself, with its event.
"""
