"""The office and its units, schools, networks, phone lines and closures."""

from typing import Any

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
from portal.org.admin.scope import (
    Deletable,
    OfficeScopedAdmin,
    ServiceForm,
    in_scope,
)
from portal.org.admin.sheets import ImportExportAdmin
from portal.org.enums import UnitKind
from portal.org.models import Network, Office, OfficeClosure, PhoneLine, School, Unit
from portal.org.querysets import today
from portal.org.resources import SchoolResource
from portal.org.services.units import SCHOOL_FACTS
from portal.users.requests import signed_in

CLOSED = ("closed_on", "merged_into")


@admin.register(Office)
class OfficeAdmin(OfficeScopedAdmin):
    office_path = "pk"
    list_display = ["code", "name", "letter_code", "phone"]
    search_fields = ["code", "name", "short_name"]
    exclude = ["emblem"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and signed_in(request).office_id is None

    def save_model(self, request: HttpRequest, obj: Office, form: Any, change: bool) -> None:
        if change:
            obj.save()
        else:
            service.found_office(actor=signed_in(request), office=obj)


class OpenFilter(admin.SimpleListFilter):
    """Open units by default in the clerk's words; closed ones on demand."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("In operation")), ("closed", _("Closed or merged"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        open_ones = Unit.objects.open().values("pk")
        if self.value() == "open":
            return queryset.filter(pk__in=open_ones)
        if self.value() == "closed":
            return queryset.exclude(pk__in=open_ones)
        return queryset


class CloseForm(forms.Form):
    """The last day of a unit, and who continues its work."""

    on = ThaiDateField(label=gettext_lazy("Last day"))

    def __init__(self, *args: Any, others: models.QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["merged_into"] = forms.ModelChoiceField(
            others,
            required=False,
            label=gettext_lazy("merged into"),
            help_text=gettext_lazy("People move over the day after; heads do not."),
        )


def _close_form(request: HttpRequest, unit: Unit, data: Any) -> forms.Form:
    same = Unit.objects.open().filter(office=unit.office_id, kind=unit.kind)
    return CloseForm(data, initial={"on": today()}, others=same.exclude(pk=unit.pk))


def _close(request: HttpRequest, unit: Unit, values: dict[str, Any]) -> object:
    return service.close_unit(actor=signed_in(request), unit=unit, **values)


@admin.register(Unit)
class UnitAdmin(ServicePagesAdmin):
    list_display = ["name", "kind", "parent", "phone", "closed_on"]
    list_select_related = ["parent"]
    list_filter = ["kind", OpenFilter, ("office", RelatedOnlyFieldListFilter)]
    search_fields = ["name", "short_name", "school__smis_code"]
    autocomplete_fields = ["parent"]
    readonly_fields = CLOSED
    service_pages = (
        ServicePage(
            "close",
            gettext_lazy("Close or merge"),
            _close_form,
            _close,
            lambda unit, values: _("%(unit)s is closed.") % {"unit": unit},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> Any:
        return CLOSED if obj is None else (*CLOSED, "office", "kind")

    def formfield_for_choice_field(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "kind":  # schools are opened as schools, the others come by founding
            kinds = (UnitKind.GROUP, UnitKind.SECTION)
            kwargs["choices"] = [(kind.value, kind.label) for kind in kinds]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class SchoolForm(ServiceForm):
    """A new school with its unit, or the facts of a known one."""

    name = forms.CharField(label=gettext_lazy("name"), max_length=200)
    short_name = forms.CharField(label=gettext_lazy("short name"), max_length=80, required=False)

    def perform(self) -> models.Model:
        facts = {name: self.cleaned_data[name] for name in SCHOOL_FACTS}
        if self.instance.pk:
            return service.set_school_facts(actor=self.actor, school=self.instance, **facts)
        given = ("office", "name", "short_name", "smis_code", "moe_code")
        return service.open_school(
            actor=self.actor, **{name: self.cleaned_data[name] for name in given}, **facts
        )

    class Meta:
        model = School
        fields = ["smis_code", "moe_code", *sorted(SCHOOL_FACTS)]


class NewSchoolForm(SchoolForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("office"))


@admin.register(School)
class SchoolAdmin(ImportExportAdmin, OfficeScopedAdmin):
    office_path = "unit__office"
    resource_classes = (SchoolResource,)
    form = SchoolForm
    list_display = ["unit", "smis_code", "amphoe", "network", "size", "level"]
    list_select_related = ["unit", "network"]
    list_filter = [
        "amphoe",
        ("network", RelatedOnlyFieldListFilter),
        "size",
        "level",
        "sector",
        ("unit__office", RelatedOnlyFieldListFilter),
    ]
    search_fields = ["unit__name", "smis_code", "moe_code", "tambon"]
    autocomplete_fields = ["network"]

    def get_export_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_export_queryset(request).select_related("unit__office", "network")

    def get_form(
        self,
        request: HttpRequest,
        obj: School | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        form = super().get_form(request, obj, change=change, form=NewSchoolForm, **kwargs)
        form.base_fields["office"].queryset = in_scope(Office.objects.all(), "pk", request)
        form.base_fields["office"].initial = signed_in(request).office_id
        return form

    def get_fields(self, request: HttpRequest, obj: School | None = None) -> Any:
        facts = ["level", "sector", "size", "network", "tambon", "amphoe", "tambon_code"]
        place = [*facts, "latitude", "longitude"]
        if obj is not None:
            return ["unit", "smis_code", "moe_code", *place]
        return ["office", "name", "short_name", "smis_code", "moe_code", *place]

    def get_readonly_fields(self, request: HttpRequest, obj: School | None = None) -> Any:
        return () if obj is None else ("unit", "smis_code", "moe_code")

    def save_model(self, request: HttpRequest, obj: School, form: Any, change: bool) -> None:
        obj.__dict__.update(form.perform().__dict__)


@admin.register(Network)
class NetworkAdmin(Deletable):
    list_display = ["name", "position"]
    list_filter = [("office", RelatedOnlyFieldListFilter)]
    search_fields = ["name"]


@admin.register(PhoneLine)
class PhoneLineAdmin(Deletable):
    list_display = ["label", "number", "unit", "is_public", "position"]
    list_select_related = ["unit"]
    list_filter = ["is_public", ("office", RelatedOnlyFieldListFilter)]
    search_fields = ["label", "number", "unit__name"]
    autocomplete_fields = ["unit"]


@admin.register(OfficeClosure)
class OfficeClosureAdmin(Deletable):
    list_display = ["day", "reason"]
    list_filter = [("office", RelatedOnlyFieldListFilter)]
    search_fields = ["reason"]
    date_hierarchy = "day"
