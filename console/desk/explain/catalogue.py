"""The catalogue in force, to read: levels, masks and ways to reveal, role by role."""

from __future__ import annotations

from access.policy import Action, Resource
from access.roles import Role
from console.desk.act import Act
from console.desk.api.explain import CatalogueField, CatalogueView, ReadCatalogue, RevealLine, RoleMask
from console.desk.kernel import handles
from masking.catalogue import Field, Predicate, ViewerRole


@handles(ReadCatalogue)
def read_catalogue(act: Act, request: ReadCatalogue) -> CatalogueView:
    """Every field; none of a customer."""
    del request
    act.require(Action.CATALOGUE_FIELD_READ, Resource(kind="catalogue"))
    catalogue = act.parts.catalogue
    fields = tuple(_field(field) for field in catalogue.fields.values())
    act.log(Action.CATALOGUE_FIELD_READ, object_kind="catalogue", rows=len(fields))
    return CatalogueView(version=catalogue.version, digest=catalogue.digest, fields=fields)


def _field(field: Field) -> CatalogueField:
    roles = [ViewerRole(role.value) for role in Role]
    cells = [(role, field.cells[role]) for role in roles]
    return CatalogueField(
        name=field.name,
        jrt=field.jrt.value,
        plan=int(field.plan),
        reg=int(field.reg),
        holder=field.holder.value,
        cibi=field.cibi,
        third_party=field.third_party,
        masks=tuple(
            RoleMask(role=role.value, predicate=cell.predicate.value, mask=cell.code.value, rows=cell.rows.value)
            for role, cell in cells
            if cell.predicate is not Predicate.NEVER
        ),
        reveals=tuple(
            RevealLine(role=role.value, tier=rule.tier.value, minutes=rule.minutes)
            for rule in field.tiers
            for role in roles
            if role in rule.requesters
        ),
    )
