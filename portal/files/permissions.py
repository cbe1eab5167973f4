from typing import TYPE_CHECKING

from portal.core.registry import file_owners
from portal.org.models import Office

if TYPE_CHECKING:
    from portal.files.models import StoredFile
    from portal.users.models import User


def may_read(user: "User", file: "StoredFile") -> bool:
    """Their own upload that no page has taken over yet, or what the owner's app allows."""
    if is_own_upload(user, file):
        return True
    return any(owner.may_read(user, file) is True for owner in file_owners)


def watermark_for(user: "User", file: "StoredFile") -> str:
    """The words across each page of what ``user`` gets of the file; empty for most files."""
    marks = (owner.watermark(user, file) for owner in file_owners)
    return next(filter(None, marks), "")


def is_own_upload(user: "User", file: "StoredFile") -> bool:
    """Uploaded by ``user`` and not attached to anything: theirs alone."""
    return not file.is_attached and file.uploaded_by_id == user.pk


def is_public(file: "StoredFile") -> bool:
    """The emblem of an office stands on pages that need no sign-in."""
    return Office.objects.filter(emblem=file).exists()
