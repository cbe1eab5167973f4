"""What the audit can be narrowed by."""

from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from portal.audit import service as audit
from portal.audit.models import AuditRow
from portal.core.forms import ThaiDateField
from portal.core.thai.digits import to_arabic
from portal.core.thai.text import normalize
from portal.users.models import User

# More people than this of one name are no answer to "who was it?".
MOST_PEOPLE = 200
OWN_PACKAGES = ("portal.", "circulars.")


class ThaiDateFilter(django_filters.Filter):
    field_class = ThaiDateField


class AuditFilter(django_filters.FilterSet):
    """By person, action, object and day; ``request`` is reached from a row.

    Needs ``request=``: people are only looked for in the reader's own office.
    """

    person = django_filters.CharFilter(label=_("Name or user name"), method="of_person")
    action = django_filters.ChoiceFilter(label=_("Action"), empty_label=_("All"), choices=list)
    about_type = django_filters.ChoiceFilter(
        label=_("Kind of object"), empty_label=_("All"), choices=list
    )
    about_id = django_filters.CharFilter(label=_("Object number"), method="of_number")
    since = ThaiDateFilter(label=_("From day"), method="from_day")
    until = ThaiDateFilter(label=_("To day"), method="to_day")
    request_id = django_filters.CharFilter(widget=forms.HiddenInput)

    class Meta:
        model = AuditRow
        fields = ["person", "action", "about_type", "about_id", "since", "until", "request_id"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["action"].field.choices = _action_choices()
        self.filters["about_type"].field.choices = _kind_choices()

    @property
    def used(self) -> list[str]:
        """The names of the fields that narrow the list, without what was typed."""
        return sorted(name for name, value in self.form.cleaned_data.items() if value)

    def of_person(self, rows: Any, name: str, words: str) -> QuerySet[AuditRow]:
        people = User.objects.all()
        if self.request.user.office_id is not None:
            people = people.filter(office_id=self.request.user.office_id)
        for word in normalize(words).split():
            people = people.filter(
                Q(first_name__icontains=word)
                | Q(last_name__icontains=word)
                | Q(username__icontains=word)
            )
        return rows.of_person(*people.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])

    def of_number(self, rows: Any, name: str, number: str) -> QuerySet[AuditRow]:
        return rows.filter(about_id=to_arabic(number.strip()))

    def from_day(self, rows: Any, name: str, day: date) -> QuerySet[AuditRow]:
        return rows.filter(at__gte=_midnight(day))

    def to_day(self, rows: Any, name: str, day: date) -> QuerySet[AuditRow]:
        return rows.filter(at__lt=_midnight(day + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _action_choices() -> list[tuple[str, str]]:
    named = [(action, audit.action_label(action)) for action in audit.known_actions()]
    return sorted(named, key=lambda choice: choice[1])


def _kind_choices() -> list[tuple[str, str]]:
    own = [model for model in apps.get_models() if model.__module__.startswith(OWN_PACKAGES)]
    named = [(m._meta.label_lower, str(capfirst(m._meta.verbose_name))) for m in own]
    return sorted(named, key=lambda choice: choice[1])
