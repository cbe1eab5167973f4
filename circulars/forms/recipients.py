"""Choosing recipients: quick picks and a list to tick."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from circulars.models import RecipientList
from circulars.services.recipients import Choice, possible_recipients
from portal.core.forms import PortalForm, model_choice
from portal.org.enums import SchoolSize
from portal.org.models import Network, School, Unit

TICKS = forms.CheckboxSelectMultiple


class PickForm(PortalForm):
    """Groups of recipients to add at once."""

    all_schools = forms.BooleanField(label=_("All schools"), required=False)
    networks = forms.ModelMultipleChoiceField(
        label=_("Networks"), queryset=Network.objects.none(), required=False, widget=TICKS
    )
    amphoes = forms.MultipleChoiceField(label=_("Amphoe"), required=False, widget=TICKS)
    levels = forms.MultipleChoiceField(label=_("Level taught"), required=False, widget=TICKS)
    sizes = forms.MultipleChoiceField(
        label=_("Size"), choices=SchoolSize, required=False, widget=TICKS
    )
    lists = forms.ModelMultipleChoiceField(
        label=_("Saved lists"), queryset=RecipientList.objects.none(), required=False, widget=TICKS
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        schools = School.objects.open().filter(unit__office_id=unit.office_id).order_by()
        model_choice(self, "networks").queryset = Network.objects.filter(office_id=unit.office_id)
        model_choice(self, "lists").queryset = RecipientList.objects.filter(unit=unit)
        for name, column in (("amphoes", "amphoe"), ("levels", "level")):
            values = sorted(set(schools.values_list(column, flat=True)))
            field = cast(forms.MultipleChoiceField, self.fields[name])
            field.choices = [(value, value) for value in values]

    def choice(self) -> Choice:
        data = self.cleaned_data
        return Choice(
            all_schools=data["all_schools"],
            networks=frozenset(row.pk for row in data["networks"]),
            amphoes=frozenset(data["amphoes"]),
            levels=frozenset(data["levels"]),
            sizes=frozenset(data["sizes"]),
            lists=frozenset(row.pk for row in data["lists"]),
        )


class RecipientsForm(PortalForm):
    """The list itself; ``revision`` is the one that was on the page."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    units = forms.ModelMultipleChoiceField(
        label=_("Recipients"),
        queryset=Unit.objects.none(),
        required=False,
        error_messages={
            "invalid_choice": _(
                "A recipient that you ticked can no longer get letters from here. The others are "
                "still ticked; please keep them again."
            )
        },
    )

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "units").queryset = possible_recipients(unit=unit)


class SaveListForm(PortalForm):
    name = forms.CharField(label=_("Name of the list"), max_length=120)
