"""The engine that changes states: a table of moves, a lock, a check, an audit row."""

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.utils.translation import gettext as _

from portal.audit import service as audit
from portal.core.errors import InvalidInput, NotAllowed, StaleAction
from portal.workflow.diagrams import mermaid
from portal.workflow.tables import Inputs, Move, Table, register_table, registered

if TYPE_CHECKING:
    from portal.users.models import User

__all__ = [
    "Move",
    "Table",
    "apply_move",
    "available",
    "mermaid",
    "register_table",
    "registered",
]


def apply_move(
    table: Table,
    name: str,
    *,
    pk: int,
    actor: "User | None",
    expected: str | None = None,
    **inputs: Any,
) -> Any:
    """Do the move ``name`` to the object ``pk`` for ``actor`` and return the object.

    ``expected`` is the state the person saw. Raises StaleAction when the object has left it
    or the move does not start there, NotAllowed when the actor may not (audited) or there is
    no such object, InvalidInput when a needed input is empty. Whether the actor may see the
    object at all is the caller's question (``visible_to``): a stale answer names its state.
    """
    move = table.move(name)
    try:
        with transaction.atomic():
            return _apply_locked(table, move, pk, actor, expected, inputs)
    except NotAllowed as refusal:
        refusal.action = refusal.action or f"{table.kind}.{name}"
        audit.record_denial(refusal, actor=actor)
        raise


def available(table: Table, obj: models.Model, user: "User") -> list[Move]:
    """The moves to show ``user`` as buttons, in the order of the table."""
    state = table.state_of(obj)
    return [
        move
        for move in table.moves
        if move.button and state in move.source and _may(move, user, obj)
    ]


def _apply_locked(
    table: Table,
    move: Move,
    pk: int,
    actor: "User | None",
    expected: str | None,
    inputs: dict[str, Any],
) -> models.Model:
    obj = _lock(table, pk)
    before = table.state_of(obj)
    if before not in move.source or (expected is not None and before != expected):
        raise _stale(table, obj, before)
    if not _may(move, actor, obj):
        raise NotAllowed(about=obj)
    _check_inputs(move, inputs)
    if move.effect is not None:
        move.effect(obj=obj, actor=actor, **inputs)
    after = _target(table, move, obj, inputs)
    setattr(obj, table.field, after)
    obj.save()
    audit.record(
        action=f"{table.kind}.{move.name}",
        actor=actor,
        about=obj,
        data={"from": before, "to": after},
    )
    return obj


def _lock(table: Table, pk: int) -> models.Model:
    rows = apps.get_model(table.model)._base_manager.select_for_update(of=("self",))
    obj = rows.filter(pk=pk).first()
    if obj is None:
        raise NotAllowed
    return obj


def _may(move: Move, actor: "User | None", obj: models.Model) -> bool:
    if actor is None:
        return move.system
    return actor.is_active and move.may(actor, obj)


def _stale(table: Table, obj: models.Model, state: str) -> StaleAction:
    return StaleAction(
        _("Someone was faster: this is now “%(state)s”.") % {"state": table.label(state)},
        state=state,
        about=obj,
    )


def _check_inputs(move: Move, inputs: Inputs) -> None:
    for name in move.needs:
        value = inputs.get(name)
        if value is None or (isinstance(value, str) and not value.strip()) or value in ([], ()):
            raise InvalidInput(_("This is needed."), field=name)


def _target(table: Table, move: Move, obj: models.Model, inputs: Inputs) -> str:
    target = move.target if isinstance(move.target, str) else move.target(obj, inputs)
    allowed = move.outcomes() or frozenset(table.states.values)
    if target not in allowed:
        raise ImproperlyConfigured(f"{table.kind}.{move.name} may not lead to {target!r}")
    return str(target)
