from collections.abc import Callable

from django.core import mail

from portal.files.models import Blob
from portal.files.service import file_infected
from portal.notifications.models import Notification
from portal.org.enums import Role
from tests.factories import OfficeFactory, UserFactory, person
from tests.factories.files import stored_file


def test_virus_is_told_to_the_sender_and_the_administrators(
    db: None, run_deferred: Callable[..., int]
) -> None:
    office, other = OfficeFactory(), OfficeFactory()
    sender = UserFactory(office=office, language="en")
    administrator = person(Role.SYSADMIN, office=office)
    their_administrator = person(Role.SYSADMIN, office=other)
    person(Role.SYSADMIN, office=OfficeFactory())
    person(Role.DIRECTOR, office=office)
    mine = stored_file(office=office, actor=sender, name="แบบ.pdf")
    stored_file(office=other, actor=None)

    file_infected.send(sender=Blob, blob=mine.blob, signature="Eicar")
    run_deferred()

    told = Notification.objects.values_list("person", flat=True)
    assert sorted(told) == sorted([sender.pk, administrator.pk, their_administrator.pk])
    [own] = [sent for sent in mail.outbox if sent.to == [sender.email]]
    assert own.subject == "A virus was found in the file “แบบ.pdf”"
    assert own.body.splitlines()[0] == str(sender)
