from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from portal.files.service import file_infected
        from portal.notifications import receivers, registration

        registration.register()
        file_infected.connect(
            receivers.tell_of_infection, dispatch_uid="notifications.tell_of_infection"
        )
