"""Templates and phrases: who keeps them, and which are offered where."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from circulars.enums import HEAD_ROLES, LetterKind, PhraseUse
from circulars.kinds import KINDS
from circulars.models import Letter, LetterTemplate, Phrase
from circulars.services.letters import blank_draft, change_draft
from circulars.usual_phrases import REMARKS, TEXTS
from portal.audit.service import record
from portal.core.errors import InvalidInput, NotAllowed
from portal.core.thai.text import normalize
from portal.org.enums import Role, UnitKind
from portal.org.models import Unit
from portal.org.permissions import unit_ids
from portal.users.models import User

KEEPER_ROLES = (*HEAD_ROLES, Role.GROUP_REGISTRY, Role.SCHOOL_CLERK)
"""Registry clerks and heads keep the templates and phrases of their unit."""

TEMPLATE_FIELDS = (
    "subject", "salutation", "addressee", "body", "closing", "copies_to", "speed", "answer_wanted",
    "names_person", "send_when_signed", "details",
)  # fmt: skip
"""What of a letter a template keeps: neither days nor secrecy nor who gets it."""

_USUAL = {PhraseUse.REMARK: REMARKS, PhraseUse.TEXT: TEXTS}


def kept_units(user: User) -> QuerySet[Unit]:
    """The units whose templates and phrases ``user`` keeps."""
    return Unit.objects.visible_to(user).open().filter(pk__in=unit_ids(user, KEEPER_ROLES))


def templates_for(unit: Unit) -> QuerySet[LetterTemplate]:
    """What is offered to who writes in ``unit``: its own, and the central registry's."""
    return LetterTemplate.objects.filter(_of(unit)).select_related("unit")


def phrases_for(unit: Unit, use: PhraseUse) -> list[str]:
    """The phrases offered in ``unit``, its own first; the usual ones where there are none."""
    rows = Phrase.objects.filter(_of(unit), use=use).select_related("unit")
    own = sorted(rows, key=lambda phrase: (phrase.unit_id != unit.pk, phrase.position, phrase.pk))
    return list(dict.fromkeys(phrase.text for phrase in own)) or list(_USUAL[use])


def save_template(
    *, unit: Unit, actor: User, name: str, kind: LetterKind, fields: dict[str, Any]
) -> LetterTemplate:
    """Keep ``fields`` under a name; one of the same name is replaced."""
    _check_keeper(unit, actor, "letter_template.save")
    if not name.strip():
        raise InvalidInput(_("Give the template a name."), field="name")
    with transaction.atomic():
        saved, _created = LetterTemplate.objects.update_or_create(
            unit=unit,
            name=normalize(name),
            defaults={
                "kind": kind,
                "fields": {key: fields[key] for key in TEMPLATE_FIELDS if key in fields},
                "changed_by": actor,
            },
        )
        record(action="letter_template.save", actor=actor, about=saved)
    return saved


def template_of(*, letter: Letter, actor: User, unit: Unit, name: str) -> LetterTemplate:
    """Keep a letter as a template of ``unit``."""
    fields = {name: getattr(letter, name) for name in TEMPLATE_FIELDS}
    kind = LetterKind(letter.kind)
    return save_template(unit=unit, actor=actor, name=name, kind=kind, fields=fields)


def delete_template(*, template: LetterTemplate, actor: User) -> None:
    _check_keeper(template.unit, actor, "letter_template.delete")
    with transaction.atomic():
        record(action="letter_template.delete", actor=actor, about=template)
        template.delete()


def draft_from(*, template: LetterTemplate, unit: Unit, actor: User) -> Letter:
    """A draft of ``unit`` that begins as the template. Raises ``NotAllowed``."""
    if not templates_for(unit).filter(pk=template.pk).exists():
        raise NotAllowed(action="letter_template.use", about=template)
    letter = blank_draft(unit=unit, actor=actor, kind=LetterKind(template.kind))
    table = KINDS[template.kind]
    fields = {
        name: value
        for name, value in template.fields.items()
        if name not in ("salutation", "closing") or table.part(name)
    }
    return change_draft(letter=letter, actor=actor, revision=letter.revision, **fields)


def set_phrases(*, unit: Unit, actor: User, use: PhraseUse, texts: Sequence[str]) -> None:
    """Make ``texts`` the unit's phrases for a use, in this order; each once."""
    _check_keeper(unit, actor, "phrases.change")
    wanted = list(dict.fromkeys(filter(None, (normalize(text) for text in texts))))
    if any(len(text) > _LONGEST for text in wanted):
        raise InvalidInput(
            _("A phrase has no more than %(count)s letters.") % {"count": _LONGEST}, field="texts"
        )
    try:
        with transaction.atomic():
            Phrase.objects.filter(unit=unit, use=use).delete()
            Phrase.objects.bulk_create(
                Phrase(unit=unit, use=use, text=text, position=index)
                for index, text in enumerate(wanted, 1)
            )
            record(action="phrases.change", actor=actor, about=unit, data={"count": len(wanted)})
    except IntegrityError as error:
        raise InvalidInput(
            _("Somebody else changed the phrases just now. Please try again."), field="texts"
        ) from error


_LONGEST = 500


def _of(unit: Unit) -> Q:
    central = Q(unit__office=unit.office_id, unit__kind=UnitKind.OFFICE)
    return Q(unit=unit) | central


def _check_keeper(unit: Unit, actor: User, action: str) -> None:
    if unit.pk not in unit_ids(actor, KEEPER_ROLES):
        raise NotAllowed(action=action, about=unit)
