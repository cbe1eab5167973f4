"""What a table of moves is, and which tables there are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import Promise
from django.utils.text import format_lazy

from portal.audit import service as audit

Inputs: TypeAlias = Mapping[str, Any]
Target: TypeAlias = str | Callable[[Any, Inputs], str]
May: TypeAlias = Callable[[Any, Any], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing a person can do to an object, and the states it leads from and to.

    ``target`` may be a function of (obj, inputs), called after the effect; ``targets`` then
    says what it can answer. ``needs`` names inputs that must not be empty. ``effect`` is
    called inside the lock with ``obj=``, ``actor=`` and the inputs; what has to happen after
    the commit it hands to ``core.tasks.defer`` or ``notify``. ``system`` lets the move run
    without an actor. ``tone``, ``icon`` and ``confirm`` (a question) dress the button.
    """

    name: str
    label: str | Promise
    source: frozenset[str] | set[str]
    target: Target
    may: May
    needs: tuple[str, ...] = ()
    effect: Callable[..., None] | None = None
    tone: str = "primary"
    icon: str = ""
    confirm: str | Promise = ""
    button: bool = True
    system: bool = False
    targets: frozenset[str] | set[str] = frozenset()

    def outcomes(self) -> frozenset[str]:
        """The states this move is declared to end in; empty when any state is possible."""
        return (
            frozenset({self.target}) if isinstance(self.target, str) else frozenset(self.targets)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All moves of one kind of object; ``kind`` begins the names of its audit actions.

    ``model`` is "app.Model", ``field`` its column of ``states``, ``initial`` the state of a
    new object (the first of ``states`` when left out). Mistakes raise ImproperlyConfigured.
    """

    kind: str
    model: str
    moves: tuple[Move, ...]
    states: type[models.TextChoices]
    field: str = "state"
    initial: str = ""

    def __post_init__(self) -> None:
        if not self.initial:
            object.__setattr__(self, "initial", str(self.states.values[0]))
        problems = sorted(_problems(self))
        if problems:
            raise ImproperlyConfigured(f"{self.kind}: {'; '.join(problems)}")

    def move(self, name: str) -> Move:
        """The move of this name. Raises LookupError, since a wrong name is a bug."""
        for move in self.moves:
            if move.name == name:
                return move
        raise LookupError(f"{self.kind} has no move {name!r}")

    def label(self, state: str) -> str:
        return str(self.states(state).label)

    def state_of(self, obj: models.Model) -> str:
        return str(getattr(obj, self.field))


def _problems(table: Table) -> Iterable[str]:
    """What is wrong with a table, found when it is written and not when it is used."""
    states = frozenset(table.states.values)
    names = [move.name for move in table.moves]
    if table.initial not in states:
        yield f"the first state {table.initial!r} is not a state"
    yield from (f"{name!r} is there twice" for name in {n for n in names if names.count(n) > 1})
    for move in table.moves:
        unknown = (frozenset(move.source) | move.outcomes()) - states
        yield from (f"{move.name} names the unknown state {state!r}" for state in unknown)
        if not move.source:
            yield f"{move.name} starts nowhere"


@dataclass(frozen=True, slots=True)
class Registered:
    """A table and the README (path from the project's root) that holds its diagram."""

    table: Table
    readme: str


_registered: dict[str, Registered] = {}


def register_table(table: Table, *, readme: str) -> None:
    """Make the table known to the tests and to ``manage.py workflow_diagrams``.

    Its moves are then also named in the audit.
    """
    _registered[table.kind] = Registered(table, readme)
    kind = apps.get_model(table.model)._meta.verbose_name
    audit.name_actions(
        {f"{table.kind}.{m.name}": format_lazy("{}: {}", kind, m.label) for m in table.moves}
    )


def registered() -> list[Registered]:
    """All tables by kind."""
    return [_registered[kind] for kind in sorted(_registered)]
