"""Files that must go at once, as a top secret mail does."""

import pytest

from portal.files.models import Blob, StoredFile
from portal.files.service import remove
from portal.files.storage import absolute_path
from tests.factories import OfficeFactory
from tests.factories.files import stored_file

pytestmark = pytest.mark.django_db


def test_removed_file_takes_its_bytes_along() -> None:
    file = stored_file(office=OfficeFactory())
    path = absolute_path(file.blob.path)
    assert path.exists()
    assert remove([file]) == 1
    assert (StoredFile.objects.count(), Blob.objects.count(), path.exists()) == (0, 0, False)


def test_bytes_that_another_file_shares_stay() -> None:
    office = OfficeFactory()
    first, second = stored_file(office=office), stored_file(office=office)
    assert first.blob == second.blob
    remove([first])
    assert list(StoredFile.objects.all()) == [second]
    assert absolute_path(second.blob.path).exists()


def test_file_that_a_row_points_at_stays() -> None:
    office = OfficeFactory()
    emblem = stored_file(office=office)
    office.emblem = emblem
    office.save()
    assert remove([emblem]) == 0
    assert StoredFile.objects.count() == 1
