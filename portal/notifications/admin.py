from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from portal.core.admin import LookOnlyAdmin
from portal.notifications.models import Delivery
from portal.notifications.querysets import DeliveryQuerySet
from portal.notifications.services.resending import resend
from portal.users.models import User


@admin.register(Delivery)
class DeliveryAdmin(LookOnlyAdmin):
    """Mails and how they fared; those that were given up can be sent again."""

    list_display = ["pk", "person", "kind", "state", "attempts", "next_at", "sent_at", "reason"]
    list_select_related = ["notification__person", "notification__notice"]
    list_filter = ["state", "channel"]
    search_fields = ["notification__person__username", "notification__person__email", "reason"]
    fields = ["state", "attempts", "next_at", "sent_at", "reason", "message_id"]
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return Delivery.objects.visible_to(cast(User, request.user)).order_by("-pk")

    @admin.display(description=_("person"))
    def person(self, delivery: Delivery) -> User:
        return delivery.notification.person

    @admin.display(description=_("kind"))
    def kind(self, delivery: Delivery) -> str:
        return delivery.kind_label

    @admin.action(description=_("Send again what was given up"), permissions=["view"])
    def send_again(self, request: HttpRequest, deliveries: DeliveryQuerySet) -> None:
        count = resend(deliveries=deliveries, actor=cast(User, request.user))
        said = ngettext(
            "%(count)s mail will be sent again.", "%(count)s mails will be sent again.", count
        )
        messages.success(request, said % {"count": count})
