import datetime
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.test.utils import isolate_apps
from django.utils import translation

from portal.core.errors import InvalidInput
from portal.core.forms import (
    PortalForm,
    PortalModelForm,
    ThaiDateField,
    portal_formfield,
    widget_class,
)

DAY = datetime.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


class TripForm(PortalForm):
    subject = forms.CharField(max_length=10, help_text="Short")
    remark = forms.CharField(widget=forms.Textarea, required=False)
    secret = forms.CharField(strip=False, required=False)
    password = forms.CharField(widget=forms.PasswordInput, required=False)
    choice = forms.ChoiceField(choices=[("a", "A")], required=False)
    agreed = forms.BooleanField(required=False)
    extra = forms.JSONField(required=False)
    number = forms.UUIDField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    on = ThaiDateField(required=False)


def filled(**data: str) -> TripForm:
    return TripForm({"subject": "ไป", **data})


@pytest.mark.parametrize(
    "typed",
    ["20/11/2569", "20 พ.ย. 2569", "๒๐/๑๑/๒๕๖๙", "2026-11-20", "20/11/69", " 20 พย 69 "],
)
def test_thai_date_field_reads(typed: str) -> None:
    assert ThaiDateField().clean(typed) == DAY


@pytest.mark.parametrize(
    ("value", "day"),
    [(DAY, DAY), (datetime.datetime(2026, 11, 20, 9, 0), DAY), ("", None), (None, None)],
)
def test_thai_date_field_takes_values(value: object, day: datetime.date | None) -> None:
    assert ThaiDateField(required=False).clean(value) == day


def test_thai_date_field_required() -> None:
    with pytest.raises(ValidationError) as caught:
        ThaiDateField().clean("")
    assert caught.value.code == "required"


def test_thai_date_field_warns_of_ce_year() -> None:
    with pytest.raises(ValidationError) as caught:
        ThaiDateField().clean("20/11/2026")
    assert caught.value.code == "invalid"
    assert [message[:4] + message[-5:] for message in caught.value.messages] == ["20262569."]


def test_thai_date_field_renders_be() -> None:
    form = TripForm(initial={"on": DAY})
    assert str(form["on"]) == (
        '<input type="text" name="on" value="20/11/2569" inputmode="numeric" autocomplete="off"'
        ' placeholder="20/11/2569" data-thai-date class="form-control" id="id_on">'
    )


def test_thai_date_field_keeps_what_could_not_be_read() -> None:
    form = filled(on="31/2/2569")
    assert form["on"].value() == "31/2/2569"
    assert 'value="31/2/2569"' in str(form["on"])


@pytest.mark.parametrize(("typed", "changed"), [("20 พ.ย. 2569", False), ("21/11/2569", True)])
def test_thai_date_field_has_changed(typed: str, changed: bool) -> None:
    assert ThaiDateField().has_changed(DAY, typed) is changed


def test_portal_form_normalises_text() -> None:
    form = filled(subject="เเม่นํ้า\u200b ", remark="หนึ่ง\u00a0 สอง \r\n สาม")
    assert form.is_valid()
    assert (form.cleaned_data["subject"], form.cleaned_data["remark"]) == (
        "แม่น้ำ",
        "หนึ่ง สอง\nสาม",
    )


def test_portal_form_checks_length_after_normalising() -> None:
    assert filled(subject="ก\u200b" * 10).errors == {}


def test_portal_form_invisible_text_is_empty() -> None:
    assert filled(subject="\u200b \u00a0").errors.as_data()["subject"][0].code == "required"


def test_portal_form_leaves_secrets_as_typed() -> None:
    form = filled(secret=" นํ้า ", password="a\u00a0b")
    assert form.is_valid()
    assert (form.cleaned_data["secret"], form.cleaned_data["password"]) == (" นํ้า ", "a\u00a0b")


def test_portal_form_leaves_other_kinds_alone() -> None:
    form = filled(extra='{"a": " x  y "}', number="00000000-0000-0000-0000-000000000007")
    assert form.is_valid()
    assert form.cleaned_data["extra"] == {"a": " x  y "}
    assert form.cleaned_data["number"].int == 7


def test_portal_form_instances_do_not_share_fields() -> None:
    first, second = TripForm(), TripForm()
    assert first.fields["subject"].to_python is not second.fields["subject"].to_python
    assert "to_python" not in vars(TripForm.base_fields["subject"])


@pytest.mark.parametrize(
    ("widget", "css"),
    [
        (forms.TextInput(), "form-control"),
        (forms.Textarea(), "form-control"),
        (forms.FileInput(), "form-control"),
        (forms.Select(), "form-select"),
        (forms.SelectMultiple(), "form-select"),
        (forms.CheckboxInput(), "form-check-input"),
        (forms.RadioSelect(), "form-check-input"),
        (forms.CheckboxSelectMultiple(), "form-check-input"),
        (forms.HiddenInput(), ""),
    ],
)
def test_widget_class(widget: forms.Widget, css: str) -> None:
    assert widget_class(widget) == css


def test_bound_field_says_that_it_is_wrong() -> None:
    form = filled(subject="")
    assert form["subject"].build_widget_attrs({}) == {
        "required": True,
        "aria-invalid": "true",
        "aria-describedby": "id_subject_helptext id_subject_error",
        "class": "form-control is-invalid",
    }


def test_bound_field_keeps_classes_once() -> None:
    form = TripForm()
    form.fields["remark"].widget.attrs["class"] = "tall form-control"
    attrs = form["remark"].build_widget_attrs({"class": "form-control wide"})
    assert attrs["class"] == "tall form-control wide"


def test_bound_field_hidden_wears_nothing() -> None:
    assert str(TripForm()["token"]) == '<input type="hidden" name="token" id="id_token">'


@pytest.mark.parametrize(
    ("field", "place"), [("subject", "subject"), ("unknown", "__all__"), (None, "__all__")]
)
def test_add_refusal_beside_its_field(field: str | None, place: str) -> None:
    form = filled()
    form.full_clean()
    form.add_refusal(InvalidInput("Taken", field=field, code="taken"))
    assert form.errors.get_json_data() == {place: [{"message": "Taken", "code": "taken"}]}


@isolate_apps("portal.core")
def test_portal_model_form_types_dates_in_be() -> None:
    class Trip(models.Model):  # noqa: DJ008  (stands for a table of an app)
        on = models.DateField()
        at = models.DateTimeField()
        subject = models.CharField(max_length=20)

        class Meta:
            app_label = "core"

    class TripModelForm(PortalModelForm):
        class Meta:
            model = Trip
            fields = ["on", "at", "subject"]

    form = TripModelForm({"on": "20/11/69", "at": "2026-11-20 10:00", "subject": "เเม่"})
    assert form.errors == {}
    assert (form.instance.on, form.instance.subject) == (DAY, "แม่")
    assert [type(field) for field in form.fields.values()] == [
        ThaiDateField,
        forms.DateTimeField,
        forms.CharField,
    ]


@isolate_apps("portal.core")
def test_portal_model_form_keeps_own_callback() -> None:
    class Trip(models.Model):  # noqa: DJ008  (stands for a table of an app)
        on = models.DateField()

        class Meta:
            app_label = "core"

    class TripModelForm(PortalModelForm):
        class Meta:
            model = Trip
            fields = ["on"]
            formfield_callback = staticmethod(lambda column, **kwargs: forms.CharField())

    assert [type(field) for field in TripModelForm().fields.values()] == [forms.CharField]


def test_portal_formfield_respects_given_class() -> None:
    column = models.DateField()
    assert type(portal_formfield(column, form_class=forms.DateField)) is forms.DateField
