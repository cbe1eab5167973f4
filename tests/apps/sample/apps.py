from django.apps import AppConfig


class SampleConfig(AppConfig):
    """A small app that only the tests install, to show what the portal's parts do."""

    name = "tests.apps.sample"
    label = "sample"
