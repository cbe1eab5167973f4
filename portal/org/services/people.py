"""People enter the office's list; what they hold there is said by memberships."""

from django.core.exceptions import ValidationError
from django.db import transaction

from portal.audit import service as audit
from portal.core.errors import InvalidInput
from portal.org.models import Office
from portal.org.services.common import require_manager
from portal.users.models import User


@transaction.atomic
def add_person(
    *,
    actor: User | None,
    office: Office,
    username: str,
    first_name: str,
    last_name: str = "",
    title: str = "",
    email: str = "",
    phone: str = "",
) -> User:
    """Add a person who cannot sign in yet: an invitation or a password reset sets the password.

    Raises ``InvalidInput`` at the field that is wrong or already used by somebody.
    """
    require_manager(actor, office.pk)
    user = User(
        office=office,
        username=username,
        first_name=first_name,
        last_name=last_name,
        title=title,
        email=email.lower(),
        phone=phone,
    )
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise InvalidInput(messages[0], field=_field_of(field, messages[0])) from error
    user.save()
    audit.record(action="org.add_person", actor=actor, about=user, office_id=office.pk)
    return user


def _field_of(field: str, message: str) -> str:
    """The form field of an error; a constraint's error stands at no field, so find it."""
    for constraint in User._meta.constraints:
        if str(constraint.violation_error_message) == message:
            return constraint.name.removeprefix("users_").removesuffix("_unique")
    return field
