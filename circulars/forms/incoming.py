"""Registering a paper letter, placing its stamp, and the directory of agencies."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.enums import Secrecy, Speed
from circulars.services.agencies import FACTS
from circulars.services.letters import TOP_SECRET_REFUSAL
from circulars.services.stamps import HEIGHT, WIDTH
from portal.core.forms import PortalForm, PortalModelForm, ThaiDateField, model_choice
from portal.core.thai.dates import ERA, be_year, numeric
from portal.core.thai.text import normalize
from portal.files.enums import IMAGES, FileKind, kind_of_extension
from portal.files.forms import UploadedFilesField, UploadedItem, uploads
from portal.files.models import StoredFile
from portal.org.models import Unit
from portal.users.models import User

READABLE = ("reference", "dated", "sender", "addressee", "subject", "speed")
"""Fields whose value may be offered from the text of the file."""

CONTENT = (
    "sender", "subject", "reference", "dated", "addressee", "speed", "secrecy", "due_on",
    "action", "note",
)  # fmt: skip
"""Fields that ``services.paper.take_in`` takes by their names."""

COMPLETED = {
    "sender": "agencies-list", "addressee": "addressees-list", "subject": "subjects-list",
}  # fmt: skip
"""Fields whose text is completed from a list on the page."""

NEAR_YEARS = 1
"""How many years a two-digit CE year may lie beside the present one."""


class PaperLetterForm(PortalForm):
    """One paper letter. Values read from its file are marked until somebody has looked at them.

    Beside each readable field the page may send ``read_<name>``, the value that was offered;
    the field counts as unchecked while it still holds that value and its name is not among
    ``checked``.
    """

    unit = forms.ModelChoiceField(label=_("Register for"), queryset=Unit.objects.none())
    documents = UploadedFilesField(
        label=_("Scan or PDF"),
        required=False,
        titles=False,
        help_text=_("The first file is the letter, the others are its enclosures."),
    )
    reference = forms.CharField(label=_("Number of the letter"), required=False, max_length=80)
    dated = ThaiDateField(label=_("Dated"), required=False)
    sender = forms.CharField(label=_("From"), max_length=200)
    addressee = forms.CharField(label=_("To"), required=False, max_length=200)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    speed = forms.ChoiceField(label=_("Speed"), choices=Speed, initial=Speed.ORDINARY)
    secrecy = forms.ChoiceField(label=_("Secrecy"), choices=Secrecy, initial=Secrecy.OPEN)
    due_on = ThaiDateField(label=_("Answer due"), required=False)
    action = forms.CharField(label=_("Action taken"), required=False, max_length=500)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    marks_optional = False
    reading_note = ""

    def __init__(
        self,
        *args: Any,
        user: User,
        units: QuerySet[Unit],
        items: list[UploadedItem] | None = None,
        offered: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen = model_choice(self, "unit")
        chosen.queryset, chosen.empty_label = units, None
        if len(units) == 1:
            chosen.widget = forms.HiddenInput()
        uploads(self, "documents").prepare(actor=user, items=items or [])
        self.offered = dict(offered or self._still_offered())
        for name, choices in COMPLETED.items():
            self.fields[name].widget.attrs |= {"list": choices, "autocomplete": "off"}
        for name in self.offered:
            self.fields[name].widget.attrs["aria-describedby"] = f"id_{name}_read"

    def clean_documents(self) -> list[UploadedItem]:
        items: list[UploadedItem] = self.cleaned_data["documents"]
        if items and not _is_page(items[0].file):
            raise ValidationError(
                _("The first file is the letter itself: a PDF or a picture. Move it up.")
            )
        return items

    def clean_dated(self) -> datetime.date | None:
        dated: datetime.date | None = self.cleaned_data["dated"]
        if dated is not None:
            _check_letter_date(dated, timezone.localdate())
        return dated

    def clean_secrecy(self) -> str:
        secrecy: str = self.cleaned_data["secrecy"]
        if secrecy == Secrecy.TOP_SECRET:
            raise ValidationError(TOP_SECRET_REFUSAL)
        return secrecy

    def clean_seen(self) -> list[int]:
        return [int(pk) for pk in self.cleaned_data["seen"].split(",") if pk.isdecimal()]

    def inputs(self) -> dict[str, Any]:
        """What was entered, as ``services.paper.take_in`` takes it."""
        files = [(item.file, item.title or item.file.name) for item in self.given]
        return {
            **{name: self.cleaned_data[name] for name in CONTENT},
            "unit": self.cleaned_data["unit"],
            "document": files[0][0] if files else None,
            "enclosures": files[1:],
            "details": {"unchecked": sorted(self.offered)} if self.offered else {},
            "seen": self.cleaned_data["seen"],
        }

    @property
    def given(self) -> list[UploadedItem]:
        """The files, also those that came with a form that has errors."""
        if "documents" in getattr(self, "cleaned_data", {}):
            items: list[UploadedItem] = self.cleaned_data["documents"]
            return items
        value = self["documents"].value()
        return list(value or [])

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, to show them again without judging them."""
        return {name: self[name].value() for name in self.fields if name != "documents"}

    def marks(self) -> list[tuple[str, str]]:
        """(field, value offered or "") of the fields that can be read."""
        return [(name, self.offered.get(name, "")) for name in READABLE]

    def _still_offered(self) -> dict[str, str]:
        """Offers that came back unchanged and that nobody ticked."""
        if not self.is_bound:
            return {}
        checked = self.data.getlist("checked") if hasattr(self.data, "getlist") else []
        offers = {name: self.data.get(f"read_{name}", "") for name in READABLE}
        return {
            name: value
            for name, value in offers.items()
            if value and value == normalize(self.data.get(name, "")) and name not in checked
        }


class StampForm(PortalForm):
    """Where the receipt stamp stands, in millimetres; empty is the upper right."""

    left = forms.DecimalField(
        label=_("From the left edge (mm)"), required=False, min_value=0, max_digits=5,
        decimal_places=1, widget=forms.NumberInput(attrs={"step": "0.5"}),
    )  # fmt: skip
    top = forms.DecimalField(
        label=_("From the upper edge (mm)"), required=False, min_value=0, max_digits=5,
        decimal_places=1, widget=forms.NumberInput(attrs={"step": "0.5"}),
    )  # fmt: skip

    marks_optional = False
    size = (WIDTH, HEIGHT)


class AgencyForm(PortalModelForm):
    """What the directory says of an agency outside."""

    class Meta:
        model = Unit
        fields = FACTS


class MergeForm(PortalForm):
    into = forms.CharField(
        label=_("Merge into"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "agencies-list", "autocomplete": "off"}),
        help_text=_("The agency that stays, by its full name."),
    )


def _is_page(file: StoredFile) -> bool:
    kind = kind_of_extension(file.name.rpartition(".")[2])
    return kind == FileKind.PDF or kind in IMAGES


def _check_letter_date(dated: datetime.date, today: datetime.date) -> None:
    """Refuse a day to come, and 26 typed for 2026: read as 2526 it would be decades ago."""
    if dated > today:
        raise ValidationError(_("This day is still to come. Check the date of the letter."))
    short_ce = be_year(dated) - 2500 + 2000
    if abs(short_ce - today.year) <= NEAR_YEARS and today.year - dated.year > NEAR_YEARS:
        message = _(
            "This is the year %(typed)s. If %(short)s stood for the year CE, write %(meant)s."
        )
        values = {"typed": be_year(dated), "short": short_ce % 100, "meant": short_ce + ERA}
        raise ValidationError(message, params=values)


def shown(value: object) -> str:
    """An offered value as the field shows it."""
    return numeric(value) if isinstance(value, datetime.date) else str(value)
