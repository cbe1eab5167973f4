from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"
    verbose_name = _("System")

    def ready(self) -> None:
        from portal.core import admin_dates

        admin_dates.install()
