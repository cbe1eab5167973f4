from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "portal.audit"
    label = "audit"

    def ready(self) -> None:
        from portal.audit.denials import on_denied
        from portal.core.errors import denied

        denied.connect(on_denied, dispatch_uid="audit.denied")
