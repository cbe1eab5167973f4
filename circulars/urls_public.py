"""Addresses that anybody may open, outside ``/circulars/``."""

from django.urls import re_path

from circulars.views import check

app_name = "letter_check"

# 22 characters: the 128 bits of ``circulars.effects.signing.TOKEN_BYTES``.
urlpatterns = [re_path(r"^(?P<token>[A-Za-z0-9_-]{22})/$", check.check, name="check")]
