"""What every back-office list of the organisation keeps to: one's own office."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest

from portal.core.errors import InvalidInput, PortalError
from portal.core.forms import ThaiDateField
from portal.org.models import Committee, Membership, Network, Office, Position, Unit
from portal.org.permissions import manages_office
from portal.users.models import User
from portal.users.requests import signed_in

OFFICE_PATHS: dict[type[models.Model], str] = {
    Office: "pk",
    Unit: "office",
    Network: "office",
    Position: "office",
    Committee: "office",
    User: "office",
    Membership: "unit__office",
}
"""How each model that a form may point to reaches its office."""


class OfficeScopedAdmin(admin.ModelAdmin):
    """Shows and changes rows of the administrator's own office only.

    An administrator without an office looks after all of them. ``office_path`` leads from the
    row to its office; a form's choices are limited in the same way.
    """

    office_path = "office"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return in_scope(super().get_queryset(request), self.office_path, request)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        model = db_field.remote_field.model
        if model in OFFICE_PATHS and "queryset" not in kwargs:
            rows = model._default_manager.all()
            kwargs["queryset"] = in_scope(rows, OFFICE_PATHS[model], request)
        if model is Office:
            kwargs["initial"] = signed_in(request).office_id
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if type(db_field) is models.DateField:
            kwargs["form_class"] = ThaiDateField
            kwargs["widget"] = ThaiDateField.widget
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form knows who fills it in, for the checks of the services."""
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.user})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look_after(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request, self.office_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request, self.office_of(obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_look_after(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def office_of(self, obj: Any) -> int | None:
        """The office of a row; ``None`` for the list as a whole."""
        if obj is None:
            return None
        for step in self.office_path.split("__"):
            obj = getattr(obj, step)
        return obj if obj is None or isinstance(obj, int) else obj.pk


class Deletable(OfficeScopedAdmin):
    """Rows that are no history: what is still used is protected by the database."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look_after(request, self.office_of(obj))


class ServiceForm(forms.ModelForm):
    """A form whose saving is a service: its checks are shown as errors of the form.

    A subclass says in ``perform`` what is done; ``clean`` tries it out and takes it back, the
    admin's ``save_model`` does it.
    """

    actor: User

    def perform(self) -> models.Model:
        raise NotImplementedError

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            rehearse(self, self.perform)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Nothing is checked on the half-filled object: the service says it in better words."""
        return {field.name for field in self._meta.model._meta.get_fields()}

    def validate_constraints(self) -> None:
        """See above."""


def rehearse(form: forms.BaseForm, perform: Callable[[], object]) -> None:
    """Do it, take it back, and put what was refused at the form's field."""
    try:
        with transaction.atomic():
            perform()
            transaction.set_rollback(True)
    except PortalError as error:
        field = error.field if isinstance(error, InvalidInput) else None
        form.add_error(field if field in form.fields else None, ValidationError(str(error)))


def may_look_after(request: HttpRequest, office_id: int | None = None) -> bool:
    """Whether the signed-in person keeps the office: the given one, or any at all."""
    user = request.user
    if not isinstance(user, User):
        return False
    own = user.office_id if user.office_id is not None else 0
    return manages_office(user, own if office_id is None else office_id)


def in_scope(rows: models.QuerySet, path: str, request: HttpRequest) -> models.QuerySet:
    """Those of ``rows`` that belong to the administrator's office, or all without one."""
    office_id = signed_in(request).office_id
    return rows if office_id is None else rows.filter(**{path: office_id})
