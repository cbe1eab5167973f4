from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "portal.org"
    label = "org"
    verbose_name = _("People and units")

    def ready(self) -> None:
        from portal.core import registry
        from portal.org.demo import OrgDemo, accounts
        from portal.org.menu import ENTRIES
        from portal.org.search import SOURCES

        for entry in ENTRIES:
            registry.menu_entries.register(entry)
        for source in SOURCES:
            registry.search_sources.register(source)
        registry.demo_loaders.register(OrgDemo())
        for account in accounts():
            registry.demo_accounts.register(account)
