"""Keeping templates and phrases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from circulars.enums import PhraseUse
from circulars.models import LetterTemplate
from portal.core.forms import PortalForm, model_choice
from portal.org.models import Unit


class SaveTemplateForm(PortalForm):
    """Keep a letter under a name, for a unit."""

    unit = forms.ModelChoiceField(label=_("Kept for"), queryset=Unit.objects.none())
    name = forms.CharField(
        label=_("Name of the template"),
        max_length=120,
        help_text=_("Write {…} in the letter where something is filled in each time."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = units
        model_choice(self, "unit").empty_label = None


class UseTemplateForm(PortalForm):
    """Begin a letter of a unit from a template."""

    unit = forms.ModelChoiceField(label=_("From unit"), queryset=Unit.objects.none())
    template = forms.ModelChoiceField(label=_("Template"), queryset=LetterTemplate.objects.none())

    def __init__(self, *args: Any, units: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = units
        model_choice(self, "unit").empty_label = None
        model_choice(self, "template").queryset = templates


class PhrasesForm(PortalForm):
    """The phrases of a unit, one on each line."""

    unit = forms.ModelChoiceField(queryset=Unit.objects.none(), widget=forms.HiddenInput)
    use = forms.ChoiceField(choices=PhraseUse, widget=forms.HiddenInput)
    texts = forms.CharField(
        label=_("Phrases"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("One on each line, in the order in which they are offered."),
    )

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model_choice(self, "unit").queryset = units
