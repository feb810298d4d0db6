"""Every table of the desk, one module a subject; importing this package fills `metadata`."""

from access.store.schema.agencies import agency_term
from access.store.schema.base import DESK_TENANT, metadata
from access.store.schema.calls import call_record, call_recording, call_secret
from access.store.schema.cases import account, blind_entry, case_file, case_seals, promise, repayment
from access.store.schema.contact import (
    consent_decision,
    contact_consent,
    contact_edition,
    contact_slot,
    contact_stop,
    contact_turn,
)
from access.store.schema.deliveries import drop_key
from access.store.schema.exports import (
    export_basis,
    export_decision,
    export_file,
    export_finder,
    export_request,
    export_row,
)
from access.store.schema.imports import (
    import_batch,
    import_reject,
    source,
    staged_blind,
    staged_case,
    staged_change,
)
from access.store.schema.log import audit_checkpoint, audit_event, audit_head, audit_outbox
from access.store.schema.messages import message_template
from access.store.schema.notes import case_note, contact_change
from access.store.schema.people import (
    factor,
    login,
    login_attempt,
    org_unit,
    person,
    role_grant,
    staff_session,
)
from access.store.schema.privacy import call_binding, call_number
from access.store.schema.recordings import call_listening, destruction, destruction_item, listening_task
from access.store.schema.reveal import (
    oracle_freeze,
    oracle_use,
    reveal_decision,
    reveal_grant,
    reveal_request,
)
from access.store.schema.roles import (
    delegation,
    role_application,
    role_campaign,
    role_recert,
    role_step,
    technical_post,
)
from access.store.schema.scenes import special_decision, special_filing, visit_plan
from access.store.schema.sending import message_handle, message_sent
from access.store.schema.service import desk_meta, idempotency, tenant
from access.store.schema.staff import departure, staff_order, training_record
from access.store.schema.standing import standing_approval
from access.store.schema.strategy import (
    bulk_move,
    bulk_move_case,
    capacity,
    interest,
    strategy_edition,
    strategy_run,
)
from access.store.schema.team import absence, coaching_note
from access.store.schema.work import case_draft, case_hold, case_result

__all__ = [
    "DESK_TENANT",
    "absence",
    "account",
    "agency_term",
    "audit_checkpoint",
    "audit_event",
    "audit_head",
    "audit_outbox",
    "blind_entry",
    "bulk_move",
    "bulk_move_case",
    "call_binding",
    "call_listening",
    "call_number",
    "call_record",
    "call_recording",
    "call_secret",
    "capacity",
    "case_draft",
    "case_file",
    "case_hold",
    "case_note",
    "case_result",
    "case_seals",
    "coaching_note",
    "consent_decision",
    "contact_change",
    "contact_consent",
    "contact_edition",
    "contact_slot",
    "contact_stop",
    "contact_turn",
    "delegation",
    "departure",
    "desk_meta",
    "destruction",
    "destruction_item",
    "drop_key",
    "export_basis",
    "export_decision",
    "export_file",
    "export_finder",
    "export_request",
    "export_row",
    "factor",
    "idempotency",
    "import_batch",
    "import_reject",
    "interest",
    "listening_task",
    "login",
    "login_attempt",
    "message_handle",
    "message_sent",
    "message_template",
    "metadata",
    "oracle_freeze",
    "oracle_use",
    "org_unit",
    "person",
    "promise",
    "repayment",
    "reveal_decision",
    "reveal_grant",
    "reveal_request",
    "role_application",
    "role_campaign",
    "role_grant",
    "role_recert",
    "role_step",
    "source",
    "special_decision",
    "special_filing",
    "staff_order",
    "staff_session",
    "staged_blind",
    "staged_case",
    "staged_change",
    "standing_approval",
    "strategy_edition",
    "strategy_run",
    "technical_post",
    "tenant",
    "training_record",
    "visit_plan",
]
