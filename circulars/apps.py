from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CircularsConfig(AppConfig):
    name = "circulars"
    verbose_name = _("E-office")

    def ready(self) -> None:
        from circulars.demo import CircularsDemo
        from circulars.demo_archive import ArchiveDemo
        from circulars.demo_incoming import PaperDemo
        from circulars.demo_kinds import KindsDemo
        from circulars.registration import register
        from circulars.workflow import DELIVERY, LETTER
        from portal.core.registry import demo_loaders
        from portal.workflow.service import register_table

        register_table(LETTER, readme="circulars/README.md")
        register_table(DELIVERY, readme="circulars/README.md")
        register()
        demo_loaders.register(CircularsDemo())
        demo_loaders.register(PaperDemo())
        demo_loaders.register(KindsDemo())
        demo_loaders.register(ArchiveDemo())
