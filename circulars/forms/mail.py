"""Forms around the central mailbox, the partners and mails that wait."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from circulars.enums import Secrecy, Speed
from circulars.models import IncomingMail, Mailbox
from circulars.services.mailboxes import SETTINGS
from portal.core.forms import PortalForm, PortalModelForm, ThaiDateField, model_choice
from portal.files.enums import CONTENT_TYPES, FileKind
from portal.org.models import Unit

REASONS = (
    ("spam", _("Spam or advertising")),
    ("no_letter", _("No letter: a question or message")),
    ("double", _("Registered already")),
    ("other_office", _("Meant for another agency")),
)
"""Offered beside free text; kept as the words that the clerk saw."""

PDF = CONTENT_TYPES[FileKind.PDF]


class MailboxForm(PortalModelForm):
    """How the central mailbox is reached; the stored password is never shown."""

    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the one that is stored."),
    )

    class Meta:
        model = Mailbox
        fields = SETTINGS

    fieldsets = [
        (_("Mailbox"), ["address", "name_en", "is_active", "username", "password"]),
        (
            _("Receiving (IMAP)"),
            ["host", "port", "security", "inbox_folder", "junk_folder", "done_folder"],
        ),
        (_("Sending (SMTP)"), ["smtp_host", "smtp_port", "smtp_security"]),
    ]

    def inputs(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*SETTINGS, "password")}


class MailLetterForm(PortalForm):
    """The letter in a mail: what it says, and which attachment is what."""

    sender = forms.CharField(
        label=_("From"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "agencies-list", "autocomplete": "off"}),
    )
    reference = forms.CharField(label=_("Number of the letter"), required=False, max_length=80)
    dated = ThaiDateField(label=_("Dated"), required=False)
    subject = forms.CharField(label=_("Subject"), max_length=300)
    addressee = forms.CharField(label=_("To"), required=False, max_length=200)
    speed = forms.ChoiceField(label=_("Speed"), choices=Speed, initial=Speed.ORDINARY)
    secrecy = forms.ChoiceField(label=_("Secrecy"), choices=Secrecy, initial=Secrecy.OPEN)
    due_on = ThaiDateField(label=_("Answer due"), required=False)
    document = forms.TypedChoiceField(
        label=_("The letter itself"), required=False, coerce=int, empty_value=None
    )
    enclosures = forms.TypedMultipleChoiceField(
        label=_("Enclosures"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    send_receipt = forms.BooleanField(
        label=_("Send the receipt by mail"), required=False, initial=True
    )

    def __init__(self, *args: Any, mail: IncomingMail, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = [row for row in mail.attachments.all() if row.file]
        pdfs = [row for row in files if row.file and row.file.blob.content_type == PDF]
        document = cast(forms.ChoiceField, self.fields["document"])
        document.choices = [("", _("none"))] + [(row.pk, row.name) for row in pdfs]
        enclosures = cast(forms.MultipleChoiceField, self.fields["enclosures"])
        enclosures.choices = [(row.pk, row.name) for row in files]
        if not self.is_bound:
            first = pdfs[0] if pdfs else None
            self.initial.setdefault("document", first.pk if first else "")
            rest = [row.pk for row in files if row != first and not row.is_inline]
            self.initial.setdefault("enclosures", rest)

    def inputs(self) -> dict[str, Any]:
        """As ``mail_triage.confirm`` takes them; the letter itself is no enclosure of its own."""
        data = dict(self.cleaned_data)
        data["enclosures"] = [pk for pk in data["enclosures"] if pk != data["document"]]
        return data


class SetAsideForm(PortalForm):
    choice = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    words = forms.CharField(label=_("More about it"), required=False, max_length=200)

    def reason(self) -> str:
        said = str(dict(REASONS)[self.cleaned_data["choice"]])
        more = self.cleaned_data["words"]
        return f"{said}: {more}" if more else said


class PartnerForm(PortalForm):
    unit = forms.ModelChoiceField(label=_("Agency"), queryset=Unit.objects.none())
    code = forms.CharField(
        label=_("Its code"), max_length=60, help_text=_("As the partner's own page shows it.")
    )
    url = forms.URLField(label=_("Address of its portal"), assume_scheme="https")
    public_key = forms.CharField(
        label=_("Its public key"),
        max_length=64,
        help_text=_("Compare it with the partner on the telephone before you save."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, office_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agencies = Unit.objects.outside().filter(office_id=office_id, closed_on=None)
        model_choice(self, "unit").queryset = agencies


class PaperSendForm(PortalForm):
    """How a letter left that no mail could carry."""

    how = forms.CharField(
        label=_("How it was sent"),
        max_length=120,
        help_text=_("Number of the registered post, or who carried it."),
    )


class PackageForm(PortalForm):
    package = forms.FileField(label=_("Package"))
