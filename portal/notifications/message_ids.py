from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings


def message_id(delivery_id: int, created_at: datetime) -> str:
    """The same for every attempt, so that a mail sent twice can be told to be one.

    The time keeps it apart from that of a row lost in a restore, whose key comes again.
    """
    created = int(created_at.timestamp() * 1_000_000)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<notice.{delivery_id}.{created:x}@{host}>"
