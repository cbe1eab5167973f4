"""Addresses that anybody may open, outside ``/circulars/``."""

from django.urls import path

from circulars.views import check

app_name = "letter_check"

urlpatterns = [path("<str:token>/", check.check, name="check")]
