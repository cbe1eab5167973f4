"""What a letter needs before it can go up the chain (clause 11)."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from circulars.models import Letter
from portal.core.errors import InvalidInput

REQUIRED_FIELDS = ("subject", "salutation", "addressee", "body", "closing")


class Incomplete(InvalidInput):
    """Several things are missing: ``missing`` says for each field what to tell about it."""

    def __init__(self, missing: Mapping[str, str]) -> None:
        super().__init__(" ".join(missing.values()), field=next(iter(missing)))
        self.missing = missing


def missing_parts(letter: Letter) -> dict[str, str]:
    """For each required part that is empty, by its name, the sentence that says so."""
    missing = {}
    for name in REQUIRED_FIELDS:
        if not getattr(letter, name).strip():
            label = getattr(Letter._meta.get_field(name), "verbose_name", name)
            missing[name] = _("“%(label)s” is still missing.") % {"label": label}
    if not letter.recipients.exists():
        missing["recipients"] = _("Choose at least one recipient.")
    return missing


def check_complete(letter: Letter) -> None:
    """Raise ``Incomplete`` unless everything is there."""
    if missing := missing_parts(letter):
        raise Incomplete(missing)
