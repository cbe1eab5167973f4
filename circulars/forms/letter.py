"""Writing a letter."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_prose_editor.widgets import ProseEditorWidget

from circulars.body import clean_body
from circulars.enums import SIGNED, LetterKind, LetterState, Secrecy, Speed
from circulars.forms.kinds import FIELD_OF_PART, details_of, kind_choices, shape
from circulars.forms_of_address import FORMS_OF_ADDRESS, by_code, of_words
from circulars.kinds import kind_of
from circulars.models import Letter
from circulars.services.letters import TOP_SECRET_REFUSAL
from portal.core.forms import PortalForm, ThaiDateField, model_choice
from portal.core.thai.digits import to_arabic
from portal.files.forms import UploadedFilesField, UploadedItem, uploads
from portal.files.models import StoredFile
from portal.org.models import Unit
from portal.users.models import User

EDITOR = {
    "extensions": {
        "Bold": True,
        "Italic": True,
        "Underline": True,
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Table": True,
        "TableRow": True,
        "TableCell": True,
        "TableHeader": True,
        "History": True,
        "HardBreak": True,
    }
}
"""What the editor offers is what the letter can print (``circulars.body``)."""

MAX_BODY = 200_000

COLUMNS = (
    "subject", "addressee", "body", "copies_to", "speed", "secrecy", "due_on", "answer_wanted",
    "names_person", "send_when_signed",
)  # fmt: skip
"""Columns of a letter that are written in a field of their own name."""


class NewLetterForm(PortalForm):
    """What has to be known before a draft can begin."""

    unit = forms.ModelChoiceField(label=_("From unit"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices, initial=LetterKind.CIRCULAR)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = units
        model_choice(self, "unit").empty_label = None


class LetterForm(PortalForm):
    """The content of a draft. Nothing is compulsory here: what is missing is said on submit."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=300)
    address_form = forms.ChoiceField(
        label=_("Salutation and closing"),
        choices=[(form.code, f"{form.salutation} … {form.closing}") for form in FORMS_OF_ADDRESS],
    )
    addressee = forms.CharField(
        label=_("Addressee"),
        required=False,
        max_length=200,
        help_text=_("As printed after the salutation."),
    )
    references_text = forms.CharField(
        label=_("References"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "data-reference-lines": True}),
        help_text=_("One line for each earlier letter."),
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=MAX_BODY,
        strip=False,
        widget=ProseEditorWidget(config=EDITOR, preset="configurable", attrs={"rows": 12}),
    )
    copies_to = forms.CharField(
        label=_("Copies to"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One line for each."),
    )
    enclosures = UploadedFilesField(label=_("Attachments"), required=False)
    speed = forms.ChoiceField(label=_("Speed"), choices=Speed)
    secrecy = forms.ChoiceField(label=_("Secrecy"), choices=Secrecy)
    due_on = ThaiDateField(label=_("Answer due"), required=False)
    answer_wanted = forms.BooleanField(label=_("Answer wanted"), required=False)
    names_person = forms.BooleanField(
        label=_("The subject names a person"),
        required=False,
        help_text=_("The public check page then does not show the subject."),
    )
    send_when_signed = forms.BooleanField(label=_("Send as soon as it is signed"), required=False)

    marks_optional = False

    def __init__(self, *args: Any, letter: Letter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(letter), **kwargs)
        self.letter = letter
        self.kind = kind_of(letter)
        self.fieldsets = shape(self, self.kind, letter)
        self.user = user
        uploads(self, "enclosures").prepare(actor=user, items=_items(letter))

    def show_missing(self, missing: Mapping[str, str]) -> None:
        """Say beside each field of the stored draft what still has to be written there."""
        self.full_clean()
        self.cleaned_data: dict[str, Any] = {}  # Django wants it for errors, also before a post
        for part, words in missing.items():
            name = FIELD_OF_PART.get(part, part)
            self.add_error(name if name in self.fields else None, words)

    def clean_secrecy(self) -> str:
        if self.cleaned_data["secrecy"] == Secrecy.TOP_SECRET:
            raise ValidationError(TOP_SECRET_REFUSAL)
        return self.cleaned_data["secrecy"]

    def clean_due_on(self) -> Any:
        due = self.cleaned_data["due_on"]
        if due and due != self.letter.due_on and due < timezone.localdate():
            raise ValidationError(_("This day is over already."))
        return due

    def clean_body(self) -> str:
        return clean_body(self.cleaned_data["body"])

    def content(self) -> dict[str, Any]:
        """What was written, as ``services.letters.change_draft`` takes it."""
        content = {name: self.cleaned_data[name] for name in COLUMNS if name in self.cleaned_data}
        if "address_form" in self.fields:
            address = by_code(self.cleaned_data["address_form"])
            content["salutation"] = address.salutation
            content["closing"] = address.closing if self.kind.part("closing") else ""
        return {**content, "details": details_of(self, self.letter)}

    def attachments(self) -> list[tuple[StoredFile, str]]:
        return [(item.file, item.title) for item in self.cleaned_data["enclosures"]]

    def references(self) -> list[tuple[Letter | None, str]]:
        """One reference a line; a line with the number of a known letter is linked to it."""
        typed = self.cleaned_data.get("references_text", "")
        lines = [line.strip() for line in typed.splitlines()]
        linked = self.letter.references.exclude(earlier=None).select_related("earlier")
        before = {reference.text: reference.earlier for reference in linked}
        return [(before.get(line) or self._earlier(line), line) for line in lines if line]

    def _earlier(self, line: str) -> Letter | None:
        """The last letter with the number that the line begins with or names after ที่."""
        number = to_arabic(line.split(" ลงวันที่ ")[0]).rpartition("ที่ ")[2]
        states = (*SIGNED, LetterState.OUTSIDE)
        known = Letter.objects.known_to(self.user).filter(state__in=states, number_text=number)
        return known.order_by("-letter_date", "-pk").first()


def _initial(letter: Letter) -> dict[str, Any]:
    return {
        **{name: getattr(letter, name) for name in ("revision", *COLUMNS)},
        "address_form": of_words(letter.salutation, letter.closing).code,
        "references_text": "\n".join(letter.references.values_list("text", flat=True)),
    }


def _items(letter: Letter) -> list[UploadedItem]:
    return [
        UploadedItem(file=attachment.file, title=attachment.title)
        for attachment in letter.attachments.select_related("file__blob")
    ]
