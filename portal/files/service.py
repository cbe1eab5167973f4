"""The one door to stored files: taking them in, giving them out, attaching and letting go."""

from collections.abc import Collection, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.tasks import defer
from portal.files.checks import check
from portal.files.checks.images import reencode
from portal.files.enums import ATTACHMENTS, CONTENT_TYPES, IMAGES, ScanState
from portal.files.errors import FileMissing, FileRefused
from portal.files.models import Blob, StoredFile
from portal.files.names import clean_name
from portal.files.reading import forget_readings
from portal.files.responses import file_response, open_stored, zip_response
from portal.files.rules import UploadRules
from portal.files.sealed import seal_files
from portal.files.signals import file_infected
from portal.files.storage import Received, place, receiving, share_lock
from portal.files.sweeping import remove_now as remove

if TYPE_CHECKING:
    from portal.org.models import Office
    from portal.users.models import User

__all__ = [
    "FileMissing",
    "FileRefused",
    "attach",
    "detach",
    "file_infected",
    "file_response",
    "forget_readings",
    "open_stored",
    "remove",
    "seal_files",
    "store",
    "store_bytes",
    "store_upload",
    "url",
    "zip_response",
]

_CHUNK = 1 << 16


class Upload(Protocol):
    """What Django gives for an uploaded file, as far as it is used here."""

    name: str | None

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


def store(
    *,
    upload: Upload,
    office: "Office",
    actor: "User | None",
    kinds: Collection[str] | None = None,
    strip_image: bool = False,
    name: str | None = None,
    attached: bool = True,
) -> StoredFile:
    """Check what a person sent and keep it for ``office``.

    ``kinds`` are values of ``FileKind`` (all that may be attached to a letter by default);
    ``strip_image`` writes pictures again without metadata; ``attached=False`` leaves the file
    to be swept after a day unless ``attach`` is called. Raises ``FileRefused`` with a message
    for the person; then nothing is left behind.
    """
    if refusal := getattr(upload, "refusal", None):
        raise refusal
    name = clean_name(name or upload.name or "")
    limit = settings.FILES_MAX_BYTES
    with receiving(upload.chunks(), name=name, limit=limit) as received:
        with received.path.open("rb") as source:
            kind, name = check(source, name=name, kinds=kinds or ATTACHMENTS)
        content_type = CONTENT_TYPES[kind]
        if not (strip_image and kind in IMAGES):
            return _keep(received, name, content_type, office, actor, attached=attached)
        with receiving(_reencoded(received), name=name, limit=None) as clean:
            return _keep(clean, name, content_type, office, actor, attached=attached)


def store_upload(*, upload: Upload, actor: "User", rules: UploadRules) -> StoredFile:
    """Keep what ``actor`` sent ahead of a form; theirs alone until ``attach``.

    Raises ``FileRefused``, also for people without an office and for those who leave too many.
    """
    if actor.office is None:
        raise FileRefused(_("Your account belongs to no office, so it cannot keep files."))
    if StoredFile.objects.unattached_of(actor).count() >= settings.FILES_MAX_UNATTACHED:
        raise FileRefused(
            _("You have too many uploads that are not used yet. Remove some and try again."),
            code="too_many",
        )
    return store(
        upload=upload,
        office=actor.office,
        actor=actor,
        kinds=rules.kinds,
        strip_image=rules.strip_image,
        attached=False,
    )


def store_bytes(
    *, data: bytes, name: str, content_type: str, office: "Office", actor: "User | None"
) -> StoredFile:
    """Keep what the portal itself has made; its content is not checked."""
    name = clean_name(name)
    with receiving([data], name=name, limit=None) as received:
        return _keep(received, name, content_type, office, actor, attached=True)


def attach(files: Iterable[StoredFile]) -> None:
    """Take uploads over for good, in the transaction that stores the rows pointing at them.

    Raises ``FileRefused`` when one of them was swept meanwhile.
    """
    pks = {file.pk for file in files}
    if StoredFile.objects.filter(pk__in=pks).update(is_attached=True) != len(pks):
        raise FileRefused(_("A file is no longer there. Please upload it again."))


def detach(files: Iterable[StoredFile]) -> None:
    """Let files go; they are swept after a day unless some row still points at them."""
    StoredFile.objects.filter(pk__in=[file.pk for file in files]).update(is_attached=False)


def url(file: StoredFile) -> str:
    """Where those who may read the file can download it."""
    return reverse("files:download", args=[file.uid])


def _keep(
    received: Received,
    name: str,
    content_type: str,
    office: "Office",
    actor: "User | None",
    *,
    attached: bool,
) -> StoredFile:
    with transaction.atomic():
        blob = _blob(received, name, content_type)
        return StoredFile.objects.create(
            blob=blob, office=office, name=name, uploaded_by=actor, is_attached=attached
        )


def _blob(received: Received, name: str, content_type: str) -> Blob:
    share_lock(received.sha256)
    blob = Blob.objects.filter(sha256=received.sha256).exclude(sealed_key="").first()
    created = False
    if blob is None:  # what lies encrypted is not put there as it came
        blob, created = Blob.objects.get_or_create(
            sha256=received.sha256,
            defaults={
                "size": received.size,
                "content_type": content_type,
                "path": place(received, name=name),
            },
        )
    if blob.scan_state == ScanState.INFECTED:
        raise FileRefused(
            _("“%(name)s” contains a virus and is not accepted.") % {"name": name},
            code="infected",
        )
    if settings.CLAMD_URL and blob.scan_state == ScanState.NOT_SCANNED:
        Blob.objects.filter(pk=blob.pk).update(scan_state=ScanState.WAITING)
        blob.scan_state = ScanState.WAITING
        defer("files.scan_blob", blob.pk)
    elif created:
        defer("files.read_blob", blob.pk)
    return blob


def _reencoded(received: Received) -> Iterable[bytes]:
    target = BytesIO()
    with received.path.open("rb") as source:
        reencode(source, target)
    target.seek(0)
    while chunk := target.read(_CHUNK):
        yield chunk
