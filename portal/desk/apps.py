from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "portal.desk"
    label = "desk"

    def ready(self) -> None:
        from portal.audit.service import let_read
        from portal.core.registry import menu_entries
        from portal.desk.menu import WorkEntry
        from portal.org.permissions import is_auditor, is_sysadmin

        let_read(is_auditor)
        let_read(is_sysadmin)
        menu_entries.register(WorkEntry())
