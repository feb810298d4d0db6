"""Contact rules: whether, when and how often a customer may be contacted, and every attempt.

`profile` reads rules from their text, `evaluate` judges with them; both are pure. `gather` brings the facts of a case,
`slots` takes an attempt before anything rings and settles it, `editions` changes the rules by maker and checker.

For whoever dials (and, later, sends):

* ``console.desk.contact.slots.reserve(act, row, contact, means) -> Slot | Refusal``, in the transaction of the ticket
  and before any phone rings. `row` is the case as `require_case` gave it, `contact` a `ContactRef(field, ordinal)`,
  `means` a `Means`. The permission (row 13 of the matrix, row 21 for a third party) is decided inside. A `Refusal` is
  logged already: return it from the handler as it is, so that it stays on the books.
* ``slots.settle(act, slot_id, outcome) -> None`` with an `Outcome`: ``connected`` the moment the customer's leg is
  answered and **before** the legs are bridged; ``unanswered`` (no answer, busy, rejected, unreachable), ``invalid``
  (no such number), ``not_found`` (none or no route to it, the provider does not say which), ``cancelled`` (the
  customer's phone was never rung: the agent's leg failed, the trunk was down).
  All but ``connected`` give the debtor's slot back; ``cancelled`` counts nowhere. What is settled stays settled.
  A number that is shown in clear is reserved with ``seen=True``: a conversation until somebody says otherwise, which is
  ``told``: it counts as an attempt and is no evidence of lost contact.
* ``slots.note_inbound(act, row, contact) -> None`` for a customer's own call that was answered.
* ``recorder.register(probe)`` with ``probe(parts) -> bool``: whether a call can be recorded now. Without it, none can.

A slot that nobody settles within `slots.SLOT_LASTS` counts as an attempt that reached nobody, so ringing ends sooner.
"""
