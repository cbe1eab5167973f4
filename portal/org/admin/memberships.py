"""Posts and acting: written by the services, so that nothing of the past is overwritten."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core.forms import ThaiDateField
from portal.org import service
from portal.org.admin.pages import ServicePage, ServicePagesAdmin
from portal.org.admin.scope import Deletable, OfficeScopedAdmin, ServiceForm
from portal.org.admin.sheets import ImportExportAdmin
from portal.org.enums import Role
from portal.org.models import Acting, Membership, Position, Unit
from portal.org.querysets import DatedQuerySet, today
from portal.org.resources import PersonResource
from portal.users.requests import signed_in


@admin.register(Position)
class PositionAdmin(Deletable):
    list_display = ["title", "rank", "names_unit"]
    list_filter = [("office", RelatedOnlyFieldListFilter)]
    search_fields = ["title"]


class HeldFilter(admin.SimpleListFilter):
    """What holds today, what is over, what begins later."""

    title = gettext_lazy("when it holds")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Holds now")), ("over", _("Ended")), ("later", _("Begins later"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        if self.value() == "now":
            return cast(DatedQuerySet, queryset).on()
        if self.value() == "over":
            return queryset.filter(ends_on__lt=today())
        if self.value() == "later":
            return queryset.filter(starts_on__gt=today())
        return queryset


class MembershipForm(ServiceForm):
    """A new post, or the last day of one."""

    def perform(self) -> models.Model:
        values = self.cleaned_data
        if not self.instance.pk:
            return service.appoint(actor=self.actor, **values)
        if "ends_on" not in self.changed_data:
            return self.instance
        return service.end_membership(
            actor=self.actor, membership=Membership(pk=self.instance.pk), ends_on=values["ends_on"]
        )

    def clean_ends_on(self) -> Any:
        ends_on = self.cleaned_data["ends_on"]
        if ends_on is None and self.initial.get("ends_on"):
            raise forms.ValidationError(_("Give the last day; it can be moved, not taken away."))
        return ends_on

    class Meta:
        model = Membership
        fields = ["person", "unit", "role", "position", "starts_on", "ends_on"]


class MoveForm(forms.Form):
    """Where somebody goes, and what changes with it."""

    on = ThaiDateField(label=gettext_lazy("First day there"))
    role = forms.ChoiceField(choices=Role, label=gettext_lazy("role"))

    def __init__(self, *args: Any, office_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ModelChoiceField(
            Unit.objects.open().filter(office=office_id), label=gettext_lazy("unit")
        )
        self.fields["position"] = forms.ModelChoiceField(
            Position.objects.filter(office=office_id),
            required=False,
            label=gettext_lazy("position"),
        )
        self.order_fields(["unit", "on", "role", "position"])


def _move_form(request: HttpRequest, membership: Membership, data: Any) -> forms.Form:
    office = membership.unit.office_id
    initial = {"on": today(), "role": membership.role, "position": membership.position_id}
    return MoveForm(data, initial={**initial, "unit": membership.unit_id}, office_id=office)


def _move(request: HttpRequest, membership: Membership, values: dict[str, Any]) -> object:
    return service.move_person(actor=signed_in(request), membership=membership, **values)


@admin.register(Membership)
class MembershipAdmin(ImportExportAdmin, ServicePagesAdmin):
    """Read-only but for the last day: posts begin, end and move, and are never rewritten."""

    office_path = "unit__office"
    resource_classes = (PersonResource,)
    form = MembershipForm
    list_display = ["person", "unit", "role", "position", "starts_on", "ends_on"]
    list_select_related = ["person", "unit", "position"]
    list_filter = [HeldFilter, "role", ("unit__office", RelatedOnlyFieldListFilter)]
    search_fields = [
        *("person__first_name", "person__last_name", "person__username"),
        *("unit__name", "position__title"),
    ]
    autocomplete_fields = ["person", "unit", "position"]
    service_pages = (
        ServicePage(
            "move",
            gettext_lazy("Move to another post"),
            _move_form,
            _move,
            lambda row, values: (
                _("%(person)s moves to %(unit)s.") % {"person": row.person, "unit": values["unit"]}
            ),
        ),
    )

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet:
        related = ("person", "unit__office", "unit__school", "position")
        return super().get_export_queryset(request).select_related(*related)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("person", "unit", "role", "position", "starts_on")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.__dict__.update(form.perform().__dict__)


class ActingForm(ServiceForm):
    """Who stands in for whom, or an earlier end of it."""

    def perform(self) -> models.Model:
        values = self.cleaned_data
        if not self.instance.pk:
            return service.set_acting(actor=self.actor, **values)
        if "ends_on" not in self.changed_data:
            return self.instance
        ended = service.end_acting(
            actor=self.actor, acting=Acting(pk=self.instance.pk), ends_on=values["ends_on"]
        )
        return ended or self.instance

    class Meta:
        model = Acting
        fields = ["membership", "person", "kind", "order_number", "starts_on", "ends_on"]


@admin.register(Acting)
class ActingAdmin(OfficeScopedAdmin):
    office_path = "membership__unit__office"
    form = ActingForm
    list_display = ["person", "membership", "kind", "starts_on", "ends_on"]
    list_select_related = ["person", "membership__person", "membership__unit"]
    list_filter = [HeldFilter, "kind"]
    search_fields = [
        *("person__first_name", "person__last_name", "order_number"),
        *("membership__person__first_name", "membership__person__last_name"),
    ]
    autocomplete_fields = ["membership", "person"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = ("membership", "person", "kind", "order_number", "starts_on")
        return () if obj is None else fixed

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.__dict__.update(form.perform().__dict__)
