"""Forms of daily work: who stands in for whom."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PortalForm, ThaiDateField
from portal.org.enums import OFFICE_KINDS, ActingKind, Role
from portal.org.models import Membership
from portal.org.querysets import today
from portal.users.models import User


class ActingForm(PortalForm):
    """Who stands in for the holder of ``post``, on which days and by which order."""

    kind = forms.ChoiceField(
        choices=ActingKind,
        label=_("In which capacity"),
        widget=forms.RadioSelect,
        initial=ActingKind.IN_PLACE,
        help_text=_("The signature block prints it before the position."),
    )
    starts_on = ThaiDateField(label=_("First day"))
    ends_on = ThaiDateField(label=_("Last day"))
    order_number = forms.CharField(label=_("Order number"), max_length=60, required=False)

    field_order = ["person", "kind", "starts_on", "ends_on", "order_number"]

    def __init__(self, *args: Any, post: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(
            candidates(post), label=_("Who acts"), empty_label=_("Choose a person")
        )
        self.order_fields(self.field_order)
        self.initial.setdefault("starts_on", today())
        self.initial.setdefault("ends_on", today())


class EndActingForm(PortalForm):
    """The day with which an acting ends."""

    ends_on = ThaiDateField(
        label=_("Last day"),
        help_text=_("Yesterday ends it at once; before its first day it is called off."),
    )


def candidates(post: Membership) -> QuerySet[User]:
    """Who can stand in: in a school its own people and other principals, else office staff."""
    held = Membership.objects.on().filter(unit__office=post.unit.office_id)
    if post.unit.is_school:
        held = held.filter(Q(unit=post.unit) | Q(role=Role.PRINCIPAL))
    else:
        held = held.filter(unit__kind__in=OFFICE_KINDS)
    people = User.objects.filter(is_active=True, pk__in=held.values("person"))
    return people.exclude(pk=post.person_id)
