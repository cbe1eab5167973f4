"""Events of the apps below that people are told of."""

from typing import Any

from django.urls import reverse

from portal.files.models import Blob
from portal.notifications.registration import FILE_INFECTED
from portal.notifications.service import notify
from portal.org.enums import Role
from portal.org.service import holders_query
from portal.users.models import User


def tell_of_infection(sender: type[Blob], blob: Blob, signature: str, **kwargs: Any) -> None:
    """Who sent a file with a virus in it, and the administrators of their office."""
    for file in blob.files.select_related("office", "uploaded_by"):
        units = file.office.units.values_list("pk", flat=True)
        people = holders_query(units, [Role.SYSADMIN]).values("pk")
        own = User.objects.filter(pk__in=[file.uploaded_by_id] if file.uploaded_by_id else [])
        notify(
            kind=FILE_INFECTED.code,
            to=User.objects.filter(pk__in=people) | own,
            about=file,
            url=reverse("notifications:index"),
            context={"name": file.name, "signature": signature},
        )
