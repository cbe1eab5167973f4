from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from circulars.enums import CircularSeries
from circulars.models import LetterSettings
from portal.core.forms import PortalForm
from portal.files.enums import IMAGES
from portal.files.forms import UploadedFilesField, UploadedItem, uploads
from portal.users.models import User


class SettingsForm(PortalForm):
    """How the office's letters are numbered and printed."""

    circular_series = forms.ChoiceField(
        label=_("Numbers of circulars"),
        choices=CircularSeries,
        help_text=_("Clause 32 leaves the choice to the office. Change it at the turn of a year."),
    )
    thai_digits = forms.BooleanField(label=_("Thai digits in official papers"), required=False)
    emblem = UploadedFilesField(
        label=_("Garuda drawing"),
        required=False,
        kinds=IMAGES,
        titles=False,
        max_files=1,
        help_text=_(
            "A PNG or JPEG picture, printed 3 cm high. SVG drawings are not taken: save them as "
            "PNG, at least 600 pixels high."
        ),
    )

    def __init__(self, *args: Any, settings: LetterSettings, user: User, **kwargs: Any) -> None:
        initial = {
            "circular_series": settings.circular_series,
            "thai_digits": settings.thai_digits,
        }
        super().__init__(*args, initial=initial, **kwargs)
        items = [UploadedItem(file=settings.emblem)] if settings.emblem else []
        uploads(self, "emblem").prepare(actor=user, items=items)

    def inputs(self) -> dict[str, Any]:
        files = [item.file for item in self.cleaned_data["emblem"]]
        return {**self.cleaned_data, "emblem": files[0] if files else None}
