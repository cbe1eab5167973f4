"""Dates of the back-office in the Buddhist era, as on every other page.

Django's admin writes each date with ``formats.localize``, and neither a setting nor a method of a
model's admin stands between: so its module, and no other, is given another ``formats``.
"""

import datetime
from typing import Any

from django.contrib.admin import utils
from django.utils import formats

from portal.core.thai import dates


class ThaiFormats:
    """``django.utils.formats``, but for how a day or a moment is written."""

    def __getattr__(self, name: str) -> Any:
        return getattr(formats, name)

    def localize(self, value: Any, use_l10n: bool | None = None) -> Any:
        """``20 พ.ย. 2569`` or ``20 พ.ย. 2569 14:05 น.``; anything else as Django writes it."""
        if isinstance(value, datetime.datetime):
            return dates.moment(value)
        if isinstance(value, datetime.date):
            return dates.short(value)
        return formats.localize(value, use_l10n=use_l10n)


def install() -> None:
    """From here on the back-office shows dates in the Buddhist era."""
    setattr(utils, "formats", ThaiFormats())  # noqa: B010  (mypy knows the module's own name)
