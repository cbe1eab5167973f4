"""What a person may do with the own account besides signing in."""

import re

from django.db import transaction
from django.utils.translation import gettext as _

from portal.audit.service import record
from portal.core.errors import InvalidInput
from portal.core.thai.digits import to_arabic
from portal.users.models import User

_PHONE = re.compile(r"\+?[0-9][0-9 \-]{7,18}[0-9]")


def check_phone(phone: str) -> str:
    """The number with Arabic digits and single spaces; empty stays empty.

    Raises InvalidInput for what cannot be a Thai phone number.
    """
    clean = " ".join(to_arabic(phone).split())
    if clean and not _PHONE.fullmatch(clean):
        raise InvalidInput(
            _("This is not a phone number. Write it as 081 234 5678."), field="phone"
        )
    return clean


def update_profile(
    *, actor: User, phone: str, phone_is_public: bool, language: str
) -> frozenset[str]:
    """Save what people keep up themselves; gives the names of the fields that changed.

    Consent without a number is refused with InvalidInput, as is what is no phone number.
    """
    phone = check_phone(phone)
    if phone_is_public and not phone:
        raise InvalidInput(
            _("Write the number that the public phone book shall show."), field="phone"
        )
    return _save(actor, phone=phone, phone_is_public=phone_is_public, language=language)


def choose_language(*, actor: User, language: str) -> frozenset[str]:
    """Keep the language of the switch in the top bar with the account."""
    return _save(actor, language=language)


@transaction.atomic
def _save(actor: User, **wanted: object) -> frozenset[str]:
    """Write what differs. The audit row names the fields and the consent, never the number."""
    person = User.objects.select_for_update().get(pk=actor.pk)
    changed = {name for name, value in wanted.items() if getattr(person, name) != value}
    if not changed:
        return frozenset()
    User.objects.filter(pk=person.pk).update(**{name: wanted[name] for name in changed})
    data: dict[str, object] = {"fields": sorted(changed)}
    if "phone_is_public" in changed:
        data["phone_is_public"] = wanted["phone_is_public"]
    record(action="person.profile_changed", actor=actor, about=person, data=data)
    for name in changed:
        setattr(actor, name, wanted[name])
    return frozenset(changed)
