"""Who is told, by which channel, in whose transaction."""

import pytest
from django.db import connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from portal.core.models import DeferredTask
from portal.notifications.enums import Channel, DeliveryState
from portal.notifications.models import Delivery, Notice, Notification, Preference
from portal.notifications.service import notify
from portal.org.enums import Role
from portal.org.service import holders_query
from portal.users.models import User
from tests.factories import UserFactory, person

pytestmark = pytest.mark.usefixtures("wording")


def tell(office, to, kind: str = "sample.news", **kwargs: object) -> int:
    return notify(kind=kind, to=to, about=office, url="/desk/", **kwargs)


def rows() -> set[tuple[str, bool, bool]]:
    """(user name, shown in the portal, sent by mail)"""
    mailed = set(Delivery.objects.values_list("notification_id", flat=True))
    return {
        (note.person.username, note.in_app, note.pk in mailed)
        for note in Notification.objects.select_related("person")
    }


def test_notify_stores_a_notice_once_and_a_row_for_each_person(office, clerk) -> None:
    other = UserFactory(office=office)

    told = tell(office, [clerk, other], actor=clerk, context={"title": "ข่าว"})

    notice = Notice.objects.get()
    assert told == 2
    assert (notice.kind, notice.about, notice.actor, notice.url, notice.context) == (
        "sample.news",
        f"org.office:{office.pk}",
        clerk,
        "/desk/",
        {"title": "ข่าว"},
    )
    assert rows() == {(clerk.username, True, True), (other.username, True, True)}
    for note in Notification.objects.all():
        assert (note.notice, note.read_at) == (notice, None)
    assert set(Delivery.objects.values_list("channel", "state", "attempts")) == {
        (Channel.EMAIL, DeliveryState.PENDING, 0)
    }


def test_notify_with_a_query_takes_three_statements_for_any_number(office) -> None:
    for count in (1, 30):
        for _person in range(count):
            UserFactory(office=office)
        with CaptureQueriesContext(connection) as queries:
            told = tell(office, User.objects.filter(office=office))
        assert told == office.users.count()
        names = [query["sql"].split()[0] for query in queries]
        assert names == ["INSERT", "WITH", "INSERT"]


def test_notify_takes_any_query_of_people(office, clerk) -> None:
    holder = person(Role.REGISTRY, office=office, first_name="100%")
    UserFactory(office=office)
    units = office.units.values_list("pk", flat=True)

    assert tell(office, holders_query(units, [Role.REGISTRY])) == 1
    assert tell(office, User.objects.filter(first_name__contains="%").order_by("username")) == 1
    assert tell(office, User.objects.filter(Q(pk=holder.pk) | Q(pk=clerk.pk)).distinct()) == 2
    assert tell(office, User.objects.filter(memberships__isnull=False)) == 1
    assert {name for name, _in_app, _mail in rows()} == {holder.username, clerk.username}


def test_notify_tells_each_person_once(office, clerk) -> None:
    assert tell(office, [clerk, clerk]) == 1
    twice = User.objects.filter(pk=clerk.pk, office__units__isnull=False)
    assert (twice.count(), tell(office, twice)) == (2, 1)


def test_notify_passes_over_people_who_left(office, clerk) -> None:
    gone = UserFactory(office=office, is_active=False)

    assert tell(office, [clerk, gone]) == 1
    assert rows() == {(clerk.username, True, True)}


def test_notify_sends_no_mail_without_an_address(office) -> None:
    nowhere = UserFactory(office=office, email="")

    assert tell(office, [nowhere]) == 1
    assert rows() == {(nowhere.username, True, False)}
    assert DeferredTask.objects.count() == 0


def test_notify_of_nobody_stores_nothing(office, clerk) -> None:
    for nobody in ([], User.objects.none(), User.objects.filter(pk=0)):
        assert tell(office, nobody) == 0
    assert (Notice.objects.count(), DeferredTask.objects.count()) == (0, 0)


def test_notify_follows_what_people_switched_off(office) -> None:
    def choose(name: str, kind: str, **channels: bool) -> User:
        user = UserFactory(office=office, username=name)
        for channel, is_on in channels.items():
            Preference.objects.create(person=user, kind=kind, channel=channel, is_on=is_on)
        return user

    people = [
        choose("default", "sample.news"),
        choose("no-mail", "sample.news", email=False),
        choose("only-mail", "sample.news", in_app=False),
        choose("nothing", "sample.news", in_app=False, email=False),
        choose("other-kind", "sample.alarm", in_app=False, email=False),
    ]

    assert tell(office, people) == 4
    assert rows() == {
        ("default", True, True),
        ("no-mail", True, False),
        ("only-mail", False, True),
        ("other-kind", True, True),
    }


def test_notify_of_urgent_kinds_always_shows_in_the_portal(office) -> None:
    user = UserFactory(office=office)
    for channel in Channel.values:
        Preference.objects.create(person=user, kind="sample.alarm", channel=channel, is_on=False)

    assert tell(office, [user], kind="sample.alarm") == 1
    assert rows() == {(user.username, True, False)}


def test_notify_of_mandatory_kinds_reaches_who_switched_them_off(office) -> None:
    user = UserFactory(office=office)
    for channel in Channel.values:
        Preference.objects.create(person=user, kind="sample.lock", channel=channel, is_on=False)

    assert tell(office, [user], kind="sample.lock") == 1
    assert rows() == {(user.username, True, True)}


def test_notify_follows_the_default_channels_of_the_kind(office) -> None:
    default, chosen = UserFactory(office=office), UserFactory(office=office)
    Preference.objects.create(person=chosen, kind="sample.quiet", channel="email", is_on=True)

    tell(office, [default, chosen], kind="sample.quiet")

    assert rows() == {(default.username, True, False), (chosen.username, True, True)}


def test_notify_belongs_to_the_callers_transaction(office, clerk) -> None:
    with transaction.atomic():
        tell(office, [clerk])
        transaction.set_rollback(True)

    assert (Notice.objects.count(), Notification.objects.count()) == (0, 0)
    assert (Delivery.objects.count(), DeferredTask.objects.count()) == (0, 0)


@pytest.mark.parametrize(("people", "senders"), [(1, 1), (3, 2), (9, 2)])
def test_notify_starts_as_many_senders_as_there_is_work_for(
    settings, office, people: int, senders: int
) -> None:
    settings.NOTIFICATIONS_BATCH = 2
    settings.NOTIFICATIONS_SENDERS = 2

    tell(office, [UserFactory(office=office) for _number in range(people)])

    assert (
        list(DeferredTask.objects.values_list("name", "args"))
        == [("notifications.send_due", [])] * senders
    )


def test_notify_of_an_unknown_kind_is_a_fault(office, clerk) -> None:
    with pytest.raises(LookupError):
        tell(office, [clerk], kind="sample.unknown")


@pytest.mark.parametrize("url", ["https://example.com/", "//example.com/", "desk/", ""])
def test_notify_with_a_url_of_another_site_is_a_fault(office, clerk, url: str) -> None:
    with pytest.raises(ValueError, match="not a path of this site"):
        notify(kind="sample.news", to=[clerk], about=office, url=url)


def test_notify_keeps_words_as_text(office, clerk) -> None:
    tell(office, [clerk], context={"title": office, "number": 5})  # type: ignore[dict-item]

    assert Notice.objects.get().context == {"title": str(office), "number": "5"}


def test_models_have_names_for_the_back_office(office, clerk) -> None:
    tell(office, [clerk])
    note = Notification.objects.get()
    choice = Preference(person=clerk, kind="sample.news", channel="email", is_on=False)

    assert str(note.notice) == f"sample.news org.office:{office.pk}"
    assert str(note) == f"sample.news org.office:{office.pk} → {clerk.pk}"
    assert str(Delivery.objects.get()) == f"email #{Delivery.objects.get().pk}"
    assert str(choice) == f"{clerk.pk} sample.news email"
