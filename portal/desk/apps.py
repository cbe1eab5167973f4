from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "portal.desk"
    label = "desk"

    def ready(self) -> None:
        from portal.core.registry import menu_entries
        from portal.desk.menu import WorkEntry

        menu_entries.register(WorkEntry())
