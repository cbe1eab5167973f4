"""What every form of the portal shares: clean text, Thai dates, our look, clear refusals."""

import datetime
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.forms.models import ModelFormMetaclass

from portal.core.errors import InvalidInput
from portal.core.thai import dates
from portal.core.thai.text import normalize

_LOOK: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.HiddenInput, ""),
    (forms.Widget, "form-control"),
)


class ThaiDateInput(forms.DateInput):
    """A text field for a date; a script may put a calendar beside ``data-thai-date``."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": dates.numeric(datetime.date(2026, 11, 20)),
            "data-thai-date": True,
        }
        super().__init__({**own, **(attrs or {})})

    def format_value(self, value: Any) -> str | None:
        """``20/11/2569``; what could not be read stays as it was typed."""
        if isinstance(value, datetime.date):
            return dates.numeric(value)
        return super().format_value(value)


class ThaiDateField(forms.DateField):
    """A date typed in the Buddhist era, in any form that `dates.parse_be` reads.

    A year that looks like CE is refused with the year that was probably meant.
    """

    widget = ThaiDateInput

    def to_python(self, value: Any) -> datetime.date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        try:
            return dates.parse_be(str(value))
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error


def model_choice(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """A form's own copy of a field that chooses rows, to give it its queryset."""
    return cast(forms.ModelChoiceField, form.fields[name])


def widget_class(widget: forms.Widget) -> str:
    """The Bootstrap class that ``widget`` wears; empty for hidden ones."""
    return next(css for kind, css in _LOOK if isinstance(widget, kind))


class PortalBoundField(BoundField):
    """Wears Bootstrap's classes and says when it is wrong.

    Django itself adds ``aria-invalid`` and points ``aria-describedby`` at ``…_helptext`` and
    ``…_error``, the ids that `components/field.html` gives.
    """

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        worn = [
            *str((widget or self.field.widget).attrs.get("class", "")).split(),
            *str(attrs.get("class", "")).split(),
            widget_class(widget or self.field.widget),
            "is-invalid" if self.errors else "",
        ]
        if classes := " ".join(dict.fromkeys(filter(None, worn))):
            attrs["class"] = classes
        return attrs


class PortalFormMixin(forms.BaseForm):
    """See `PortalForm`."""

    bound_field_class = PortalBoundField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if _holds_text(field):
                _normalize_input(field)

    def add_refusal(self, error: InvalidInput) -> None:
        """Show what a service refused, at the field it names or above the form."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, ValidationError(str(error), code=error.code))


class PortalForm(PortalFormMixin, forms.Form):
    """A form whose text input is normalised before it is checked, in the portal's look.

    Passwords and fields with ``strip=False`` are left as typed.
    """


class _PortalModelFormMetaclass(ModelFormMetaclass):
    """Gives date columns a `ThaiDateField` where the form's Meta names no callback."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any]
    ) -> "_PortalModelFormMetaclass":
        meta = attrs.get("Meta")
        if meta is not None and getattr(meta, "formfield_callback", None) is None:
            meta.formfield_callback = staticmethod(portal_formfield)
        return super().__new__(mcs, name, bases, attrs)


class PortalModelForm(PortalFormMixin, forms.ModelForm, metaclass=_PortalModelFormMetaclass):
    """`PortalForm` for a model; its date columns are typed in the Buddhist era."""


def portal_formfield(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form field of a column, as Django makes it but for dates."""
    if type(db_field) is models.DateField:
        kwargs.setdefault("form_class", ThaiDateField)
    return db_field.formfield(**kwargs)


def _holds_text(field: forms.Field) -> bool:
    return (
        isinstance(field, forms.CharField)
        and not isinstance(field, forms.JSONField)
        and field.strip
        and not isinstance(field.widget, forms.PasswordInput)
    )


def _normalize_input(field: forms.Field) -> None:
    """Have this form's own copy of ``field`` clean what it reads, before it is validated."""
    read = field.to_python

    def read_clean(value: Any) -> Any:
        return read(normalize(value) if isinstance(value, str) else value)

    field.to_python = read_clean  # type: ignore[method-assign]
