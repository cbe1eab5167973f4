"""Files that people uploaded become part of a letter or an answer."""

from collections.abc import Sequence

from portal.core.errors import NotAllowed
from portal.files.models import StoredFile
from portal.files.service import attach
from portal.users.models import User


def take_uploads(files: Sequence[StoredFile], actor: User, *, already: Sequence[int] = ()) -> None:
    """Take ``actor``'s fresh uploads over for good.

    ``already`` are ids of files that belong to the object before. Raises ``NotAllowed`` for any
    other file: nobody can attach what somebody else uploaded.
    """
    new = {file.pk for file in files} - set(already)
    fresh = StoredFile.objects.unattached_of(actor).filter(pk__in=new)
    if len(fresh) != len(new):
        raise NotAllowed(action="file.attach")
    attach(fresh)
