from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "portal.audit"
    label = "audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from portal.audit.denials import on_denied
        from portal.core.errors import denied

        denied.connect(on_denied, dispatch_uid="audit.denied")
