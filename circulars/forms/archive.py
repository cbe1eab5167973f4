"""What people fill in for the archive: folders, letters put away, and moves of the chains."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from circulars.enums_archive import ListKind, Method
from circulars.models import Destruction, Folder, KeptLetter
from circulars.services import archive, archive_destruction, archive_lists
from circulars.services.archive import PaperLetter
from portal.core.forms import PortalForm, PortalModelForm, ThaiDateField, model_choice
from portal.core.thai.digits import to_arabic
from portal.org.models import Membership, Unit
from portal.users.models import User


class YearField(forms.IntegerField):
    """A year of the Buddhist era; a CE year is refused with what was probably meant."""

    def to_python(self, value: Any) -> int | None:
        year = super().to_python(to_arabic(str(value)) if value else value)
        if year is not None and not 2400 <= year <= 2800:
            if 1900 <= year <= 2200:
                raise forms.ValidationError(
                    _text("A year of the Buddhist era, for example %(year)s.")
                    % {"year": year + 543}
                )
            raise forms.ValidationError(_text("This is no year of the Buddhist era."))
        return year


class LinesField(forms.CharField):
    """Numbers of lines as people write them: 3, 5-7 in either digits."""

    def clean(self, value: Any) -> list[int]:
        text = to_arabic(super().clean(value)).replace(" ", "").replace("–", "-")
        numbers: list[int] = []
        for part in filter(None, text.split(",")):
            first, _dash, last = part.partition("-")
            if not first.isdecimal() or (last and not last.isdecimal()):
                raise forms.ValidationError(_text("Write line numbers like 3, 5-7."))
            end = int(last or first)
            if not 0 < int(first) <= end <= 100_000:
                raise forms.ValidationError(_text("Write line numbers like 3, 5-7."))
            numbers += range(int(first), end + 1)
        return numbers


class FolderForm(PortalModelForm):
    class Meta:
        model = Folder
        fields = (
            "unit", "code", "title", "parent", "retention", "clause", "years", "reason", "is_open",
        )  # fmt: skip
        labels = {"unit": _("Unit")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = archive.kept_units(user)
        parents = Folder.objects.kept_by(user).exclude(pk=self.instance.pk).order_by("code")
        if self.instance.pk:
            self.fields["unit"].disabled = True
            parents = parents.filter(unit=self.instance.unit_id)
        else:
            units = list(archive.kept_units(user)[:2])
            if len(units) == 1:
                self.initial.setdefault("unit", units[0].pk)
        model_choice(self, "parent").queryset = parents

    def inputs(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def _post_clean(self) -> None:
        """The service checks and saves; the row must not change before."""


class PlanImportForm(PortalForm):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    file = forms.FileField(
        label=_("Excel file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("Columns: code, title, code of the folder around it, years, clause, reason."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = archive.kept_units(user)


class FolderChoiceForm(PortalForm):
    """Into which folder; only open ones of the units that the person keeps."""

    folder = forms.ModelChoiceField(label=_("Folder"), queryset=Folder.objects.none())
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Folder.objects.kept_by(user).filter(is_open=True).select_related("unit")
        field = model_choice(self, "folder")
        field.queryset = rows.order_by("unit__position", "unit__sort_key", "code")
        field.label_from_instance = folder_label  # type: ignore[method-assign, assignment]


def folder_label(folder: Folder) -> str:
    return f"{folder} ({folder.get_retention_display()}) · {folder.unit}"


class PaperForm(FolderChoiceForm):
    """A letter on paper from before the portal."""

    subject = forms.CharField(label=_("Subject"), max_length=500)
    reference = forms.CharField(label=_("Number of the letter"), required=False, max_length=80)
    dated = ThaiDateField(label=_("Dated"), required=False)
    receipt_number = forms.CharField(label=_("Incoming number"), required=False, max_length=40)
    finished_on = ThaiDateField(
        label=_("Work finished on"),
        required=False,
        help_text=_("The years to keep count from here; empty is the letter's date."),
    )
    field_order = ["subject", "reference", "dated", "receipt_number", "finished_on", "folder"]

    def paper(self) -> PaperLetter:
        names = ("subject", "reference", "dated", "receipt_number", "note", "finished_on")
        return PaperLetter(**{name: self.cleaned_data[name] for name in names})


class MoveFolderForm(PortalForm):
    folder = forms.ModelChoiceField(label=_("Folder"), queryset=Folder.objects.none())

    def __init__(self, *args: Any, kept: KeptLetter, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_move_%s", **kwargs)
        model_choice(self, "folder").queryset = Folder.objects.filter(unit=kept.unit_id)


class HoldForm(PortalForm):
    reason = forms.CharField(label=_("Reason for holding back"), max_length=300)


class LoanForm(PortalForm):
    purpose = forms.CharField(label=_("For which official work"), max_length=300)
    due_on = ThaiDateField(label=_("To be given back on"))

    def __init__(self, *args: Any, kept: KeptLetter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_loan_%s", **kwargs)


class KeeperLoanForm(LoanForm):
    """The registry enters a loan for somebody, or for another agency."""

    borrower = forms.ModelChoiceField(
        label=_("Borrower"), queryset=User.objects.none(), required=False
    )
    agency = forms.CharField(
        label=_("Or: government agency that borrows"),
        required=False,
        max_length=200,
        help_text=_("A private person cannot borrow, only look or copy (clause 65)."),
    )
    evidence = forms.CharField(
        label=_("Its letter (number and date)"), required=False, max_length=200
    )
    field_order = ["borrower", "agency", "evidence", "purpose", "due_on"]

    def __init__(self, *args: Any, kept: KeptLetter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, kept=kept, user=user, **kwargs)
        posts = Membership.objects.on().filter(unit__office=user.office_id)
        people = User.objects.filter(is_active=True, pk__in=posts.values("person"))
        model_choice(self, "borrower").queryset = people.order_by("sort_key", "pk")
        self.fields["borrower"].empty_label = _text("Myself")  # type: ignore[attr-defined]


class ListForm(PortalForm):
    house = forms.ModelChoiceField(label=_("Of"), queryset=Unit.objects.none())
    kind = forms.ChoiceField(label=_("Form"), choices=ListKind.choices)
    year = YearField(label=_("Year (BE)"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        houses = archive_lists.houses(user)
        model_choice(self, "house").queryset = houses
        self.initial.setdefault("year", archive_lists.last_year())
        if houses.count() == 1:
            self.initial.setdefault("house", houses[0].pk)


class SurveyForm(PortalForm):
    house = forms.ModelChoiceField(label=_("Of"), queryset=Unit.objects.none())
    year = YearField(label=_("Period over by the year (BE)"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        houses = archive_lists.houses(user)
        model_choice(self, "house").queryset = houses
        self.initial.setdefault("year", archive_lists.last_year())
        if houses.count() == 1:
            self.initial.setdefault("house", houses[0].pk)


class VoteForm(PortalForm):
    """One opinion on some lines of form 25, or on all that one has not looked at yet."""

    choice = forms.ChoiceField(
        label=_("Opinion"),
        choices=[("destroy", _("Destroy")), ("keep", _("Do not destroy"))],
        widget=forms.RadioSelect,
    )
    lines = LinesField(
        label=_("Lines"),
        required=False,
        help_text=_("For example 3, 5-7. Empty is every line without my opinion."),
    )
    keep_until = YearField(label=_("Keep until the year (BE)"), required=False)
    reason = forms.CharField(
        label=_("Opinion in words"),
        required=False,
        max_length=500,
        help_text=_("Needed of who does not agree with the majority (clause 67)."),
    )


# Moves of the chains.


class MoveForm(PortalForm):
    """A move without questions; ``obj`` is what it moves."""

    def __init__(self, *args: Any, obj: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.obj = obj

    def inputs(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RemarkForm(MoveForm):
    remark = forms.CharField(label=_("Remark"), max_length=300)


class HandOutForm(MoveForm):
    received_by = forms.CharField(label=_("Received by"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.obj.borrower:
            self.initial["received_by"] = str(self.obj.borrower)


class GiveBackForm(MoveForm):
    returned_by = forms.CharField(label=_("Given back by"), max_length=200, required=False)


class ExtendForm(MoveForm):
    due_on = ThaiDateField(label=_("To be given back on"))


class SentForm(MoveForm):
    sent_on = ThaiDateField(label=_("Sent on"), initial=timezone.localdate)
    reference = forms.CharField(label=_("Letter that it went with"), max_length=120)


class ReceivedForm(MoveForm):
    received_on = ThaiDateField(label=_("Received on"), initial=timezone.localdate)
    receiver = forms.CharField(label=_("Received by (name and position)"), max_length=250)
    receipt = forms.CharField(label=_("Number of the receipt"), max_length=120, required=False)


class ElectronicForm(MoveForm):
    before = ThaiDateField(
        label=_("Letters finished before"),
        help_text=_("More than 10 years ago, the oldest first, and of no archival worth."),
    )
    order_number = forms.CharField(label=_("Number of the order"), max_length=120)
    reason = forms.CharField(label=_("Why they have to go"), max_length=500)


class AppointForm(MoveForm):
    order_number = forms.CharField(label=_("Number of the order"), max_length=120)
    order_date = ThaiDateField(label=_("Date of the order"), initial=timezone.localdate)
    chair = forms.ModelChoiceField(label=_("Chair"), queryset=User.objects.none())
    members = forms.ModelMultipleChoiceField(
        label=_("Members (at least two)"), queryset=User.objects.none()
    )

    def __init__(self, *args: Any, obj: Destruction, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        people = archive_destruction.people_for_committee(obj).exclude(pk=user.pk)
        model_choice(self, "chair").queryset = people
        model_choice(self, "members").queryset = people
        self.fields["members"].widget.attrs["size"] = 8

    def inputs(self) -> dict[str, Any]:
        return {**self.cleaned_data, "members": list(self.cleaned_data["members"])}


class NumberedLinesForm(MoveForm):
    """Turns numbers of lines into lines of the list; an unknown number is an error."""

    def lines(self, *names: str) -> dict[str, list[int]]:
        known = dict(self.obj.lines.values_list("position", "pk"))
        return {name: [known[number] for number in self.cleaned_data[name]] for name in names}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        known = set(self.obj.lines.values_list("position", flat=True))
        for name, value in list(cleaned.items()):
            if isinstance(self.fields[name], LinesField) and not known.issuperset(value):
                self.add_error(name, _text("The list has no such line."))
        return cleaned


class ApproveForm(NumberedLinesForm):
    keep = LinesField(
        label=_("Lines to keep until the next destruction"),
        required=False,
        help_text=_("For example 3, 5-7. Empty approves what the committee reports."),
    )

    def inputs(self) -> dict[str, Any]:
        return self.lines("keep")


class AnswerForm(NumberedLinesForm):
    answered_on = ThaiDateField(label=_("Date of the answer"), initial=timezone.localdate)
    reference = forms.CharField(label=_("Number of the answer"), max_length=120)
    for_ever = LinesField(label=_("Lines to keep for ever"), required=False)
    hand_over = LinesField(label=_("Lines to send to the National Archives"), required=False)
    until = LinesField(label=_("Lines to keep longer"), required=False)
    year = YearField(label=_("Keep those until the year (BE)"), required=False)

    def inputs(self) -> dict[str, Any]:
        data = self.cleaned_data
        answers: dict[int, tuple[str, int | None]] = {}
        for name, lines in self.lines("for_ever", "hand_over", "until").items():
            answers |= dict.fromkeys(lines, (name, data["year"] if name == "until" else None))
        return {
            "answered_on": data["answered_on"],
            "reference": data["reference"],
            "answers": answers,
        }


class DestroyForm(MoveForm):
    destroyed_on = ThaiDateField(label=_("Destroyed on"), initial=timezone.localdate)
    method = forms.ChoiceField(label=_("How"), choices=Method.choices)
    place = forms.CharField(label=_("Where and how in detail"), max_length=300)


class KeepLineForm(PortalForm):
    line = LinesField(label=_("Lines"))
    note = forms.CharField(label=_("Why"), max_length=300)


LOAN_FORMS: dict[str, type[MoveForm]] = {
    "confirm": MoveForm,
    "approve": MoveForm,
    "hand_out": HandOutForm,
    "give_back": GiveBackForm,
    "extend": ExtendForm,
    "refuse": RemarkForm,
    "withdraw": MoveForm,
}
LIST_FORMS: dict[str, type[MoveForm]] = {
    "propose": MoveForm,
    "send_back": RemarkForm,
    "approve": MoveForm,
    "send": SentForm,
    "receive": ReceivedForm,
    "reclaim": RemarkForm,
    "cancel": RemarkForm,
}
DESTRUCTION_FORMS: dict[str, type[MoveForm]] = {
    "propose": MoveForm,
    "order_electronic": ElectronicForm,
    "send_back": RemarkForm,
    "appoint": AppointForm,
    "report": MoveForm,
    "approve": ApproveForm,
    "send": SentForm,
    "answer": AnswerForm,
    "lapse": MoveForm,
    "destroy": DestroyForm,
    "note": MoveForm,
    "cancel": RemarkForm,
}
