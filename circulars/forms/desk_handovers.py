from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from circulars.services.desks import people_handing_over, successors
from portal.core.forms import PortalForm, ThaiDateField, model_choice
from portal.users.models import User


class HandoverForm(PortalForm):
    """From whom, to whom, from which day, and whether unfinished drafts go along."""

    person = forms.ModelChoiceField(label=_("From whom"), queryset=User.objects.none())
    successor = forms.ModelChoiceField(label=_("To whom"), queryset=User.objects.none())
    starts_on = ThaiDateField(label=_("From the day"))
    with_drafts = forms.BooleanField(
        label=_("Unfinished drafts go along"),
        required=False,
        help_text=_("Only those of units where the successor holds a post."),
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "person").queryset = people_handing_over(actor)
        model_choice(self, "successor").queryset = successors(actor)
        self.initial.setdefault("starts_on", timezone.localdate())
