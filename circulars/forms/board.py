from django import forms

from circulars.enums import ChaseScope


class ChaseForm(forms.Form):
    """Who is reminded: everybody who has not done this yet."""

    scope = forms.ChoiceField(choices=ChaseScope)
