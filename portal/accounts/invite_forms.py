"""Forms for those who invite."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import invitable_roles, may_invite_as
from portal.accounts.services.invitations import Invitee, fillable_positions, fillable_units
from portal.core.forms import PortalForm, ThaiDateField
from portal.org.enums import Role
from portal.org.models import Position, Unit
from portal.users.models import User


class InvitationForm(PortalForm):
    """One person to invite; only the units and roles that ``actor`` may give are offered."""

    title = forms.CharField(label=_("Name prefix"), max_length=40, required=False)
    first_name = forms.CharField(label=_("First name"), max_length=100)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail address"), help_text=_("The invitation is sent there.")
    )
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    role = forms.ChoiceField(label=_("Role"), choices=Role)
    position = forms.ModelChoiceField(
        label=_("Position"),
        queryset=Position.objects.none(),
        required=False,
        help_text=_("As letters print it."),
    )
    starts_on = ThaiDateField(label=_("In the role from"), required=False)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        units, positions = fillable_units(actor), fillable_positions(actor)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["position"].queryset = positions  # type: ignore[attr-defined]
        self._offer(list(units))

    def _offer(self, units: list[Unit]) -> None:
        """The roles that can be given anywhere; a single unit is chosen already."""
        given = {role for unit in units for role in invitable_roles(self.actor, unit)}
        roles = [(role.value, str(role.label)) for role in Role if role in given]
        if len(roles) > 1:  # the first of them is the director: nobody is to become that by haste
            roles.insert(0, ("", "---------"))
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        if len(units) == 1:
            self.initial.setdefault("unit", units[0].pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unit, role = cleaned.get("unit"), cleaned.get("role", "")
        if unit and role and not may_invite_as(self.actor, unit, role):
            raise ValidationError(
                {"role": _("You may not invite somebody to this role in this unit.")}
            )
        return cleaned

    def invitee(self) -> Invitee:
        return Invitee(**self.cleaned_data)


class PeopleFileForm(PortalForm):
    file = forms.FileField(
        label=_("File of people (xlsx or csv)"),
        help_text=_("At most 500 people and 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
