"""The file plan, putting letters away, and who sees what is kept."""

from datetime import date
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from openpyxl import Workbook

from circulars.enums import Channel, DeliveryState, Secrecy
from circulars.enums_archive import KeptState, Medium, Retention
from circulars.models import Delivery, Folder, KeptLetter, Letter
from circulars.services import archive, archive_import, deliveries
from circulars.services.archive import PaperLetter
from portal.core.errors import InvalidInput, NotAllowed
from portal.org.enums import Role
from portal.users.models import User
from tests.factories import GroupFactory, person
from tests.factories import archive as make
from tests.factories import letters as make_letters
from tests.factories.letters import World


def registered(world: World, school: int = 0, **fields: object) -> Delivery:
    """A letter registered by a school."""
    letter = make_letters.dispatched(world, **fields)
    got = make_letters.delivery(letter, world.schools[school])
    actor = world.principals[school] if letter.is_secret else world.clerks[school]
    return deliveries.register(delivery=got, actor=actor)


def plan_file(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    book.active.append(["code", "title", "parent", "years", "clause", "reason"])
    for row in rows:
        book.active.append(list(row))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# The plan.


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"retention": Retention.TEN}, 2579),
        ({"retention": Retention.FIVE}, 2574),
        ({"retention": Retention.ONE}, 2570),
        ({"retention": Retention.PERMANENT}, None),
        ({"retention": Retention.CUSTOM, "years": 3, "reason": "สัญญา"}, 2572),
    ],
)
def test_folder_says_until_when_its_paper_is_kept(
    world: World, fields: dict[str, object], until: int | None
) -> None:
    assert make.folder(world, **fields).keep_until(date(2026, 3, 1)) == until


def test_folder_of_another_period_needs_its_reason(world: World) -> None:
    with pytest.raises(InvalidInput, match="its reason"):
        make.folder(world, retention=Retention.CUSTOM, years=3)


def test_folder_code_is_used_once_in_a_unit(world: World) -> None:
    make.folder(world, code="1")
    with pytest.raises(InvalidInput, match="already"):
        make.folder(world, code="1")
    assert make.folder(world, make.central(world), code="1").code == "1"


def test_folder_never_lies_inside_itself(world: World) -> None:
    outer = make.folder(world)
    inner = make.folder(world, parent=outer)
    with pytest.raises(InvalidInput, match="inside itself"):
        archive.save_folder(
            actor=world.registry, unit=world.group, folder=outer, code=outer.code,
            title="x", parent=inner,
        )  # fmt: skip


def test_folder_stays_with_its_unit(world: World) -> None:
    other = make.folder(world, make.central(world))
    with pytest.raises(InvalidInput, match="stays with its unit"):
        make.folder(world, parent=other)


def test_plan_is_a_tree_in_the_order_of_codes(world: World) -> None:
    two = make.folder(world, code="2")
    one = make.folder(world, code="1")
    inner = make.folder(world, code="1.1", parent=one)
    assert archive.plan(Folder.objects.all()) == [(0, one), (1, inner), (0, two)]


def test_import_makes_good_rows_and_says_what_is_wrong_with_others(world: World) -> None:
    make.folder(world, code="9")
    data = plan_file(
        (1, "บริหาร", None, 10, None, None),
        ("1.1", "ประชุม", "1", "๕ ปี", "๕๗.๔", None),
        (2, "ประวัติ", None, "ตลอดไป", None, None),
        (3, "สัญญา", None, 7, "other", "ตามสัญญา"),
        (None,) * 6,
        (9, "ซ้ำ", None, 10, None, None),
        (4, None, None, 10, None, None),
        (None, "ไม่มีรหัส", None, 10, None, None),
        (5, "ปีผิด", None, "นาน", None, None),
        (6, "ไม่มีเหตุผล", None, 7, None, None),
        (7, "ชั้นบนไม่มี", "77", 10, None, None),
        (8, "ข้อผิด", None, 10, "99", None),
        ("x" * 31, "ยาว", None, 10, None, None),
    )
    rows = archive_import.read_plan(data=data, unit=world.group)
    assert [(row.number, row.error) for row in rows if row.error] == [
        (7, "There is already a folder of this code."),
        (8, "The title is missing."),
        (9, "The code is missing."),
        (10, "Years are a number from 1 to 99, or “ตลอดไป”."),
        (11, "Another period needs its years and its reason."),
        (12, "The folder around it (77) comes before it."),
        (13, "There is no such clause: 99."),
        (14, "Code or title is too long."),
    ]
    assert archive_import.save_plan(rows=rows, unit=world.group, actor=world.registry) == 4
    made = Folder.objects.exclude(code="9").values_list(
        "code", "parent__code", "retention", "years", "clause"
    )
    assert list(made) == [
        ("1", None, Retention.TEN, None, "57"),
        ("1.1", "1", Retention.FIVE, None, "57.4"),
        ("2", None, Retention.PERMANENT, None, "57.3"),
        ("3", None, Retention.CUSTOM, 7, "other"),
    ]


@pytest.mark.parametrize(("data", "words"), [(b"no workbook", "not an"), (plan_file(), "no row")])
def test_import_refuses_what_is_no_plan(world: World, data: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        archive_import.read_plan(data=data, unit=world.group)


def test_import_refuses_too_long_a_plan(world: World) -> None:
    rows = [(number, "x") for number in range(archive_import.MAX_ROWS + 1)]
    with pytest.raises(InvalidInput, match="no more than 2000"):
        archive_import.read_plan(data=plan_file(*rows), unit=world.group)


# Putting away.


def test_received_letter_is_put_away_with_its_words(world: World) -> None:
    got = registered(world)
    folder = make.folder(world, world.schools[0])
    archive.file_letters(actor=world.clerks[0], folder=folder, deliveries=[got], note="เสร็จ")
    kept = KeptLetter.objects.get()
    assert (kept.number, kept.reference, kept.subject, kept.receipt_number, kept.note) == (
        1, got.letter.number_text, got.letter.subject, str(got.entry), "เสร็จ",
    )  # fmt: skip
    assert (kept.medium, kept.keep_until, kept.state) == (
        Medium.ELECTRONIC, None, KeptState.KEPT,
    )  # fmt: skip


def test_paper_letter_is_kept_as_long_as_its_folder_says(world: World) -> None:
    got = registered(world)
    Letter.objects.update(channel=Channel.PORTAL)
    kept = make.paper(world, finished_on=date(2020, 5, 1))[0]
    assert (kept.medium, kept.keep_until) == (Medium.PAPER, 2573)
    assert got.letter.channel == Channel.PORTAL


def test_scan_of_a_paper_letter_counts_as_paper(world: World) -> None:
    letter = Letter(channel=Channel.PAPER, number_text="1", subject="ก")
    assert archive._words(letter)["medium"] == Medium.PAPER


def test_batch_is_one_list_and_runs_on_in_the_register(world: World) -> None:
    folder = make.folder(world)
    make.paper(world, 2, into=folder)
    first, second = make_letters.dispatched(world), make_letters.dispatched(world)
    batch = archive.file_letters(
        actor=world.group_registry, folder=folder, letters=[first, second]
    )
    assert list(batch.letters.order_by("number").values_list("number", flat=True)) == [3, 4]
    assert KeptLetter.objects.get(number=3).finished_on is not None


def test_letter_is_put_away_once(world: World) -> None:
    got = registered(world)
    folder = make.folder(world, world.schools[0])
    archive.file_letters(actor=world.clerks[0], folder=folder, deliveries=[got])
    with pytest.raises(InvalidInput, match="put away already"):
        archive.file_letters(actor=world.clerks[0], folder=folder, deliveries=[got])
    kept = KeptLetter.objects.get()
    kept.pk, kept.number = None, 2
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


def test_unregistered_letter_is_not_put_away(world: World) -> None:
    got = make_letters.delivery(make_letters.dispatched(world), world.schools[0])
    folder = make.folder(world, world.schools[0])
    with pytest.raises(InvalidInput, match="not finished"):
        archive.file_letters(actor=world.clerks[0], folder=folder, deliveries=[got])


def test_undeliverable_letter_is_not_offered(world: World) -> None:
    got = registered(world)
    assert list(archive.received_to_file(world.clerks[0])) == [got]
    Delivery.objects.filter(pk=got.pk).update(state=DeliveryState.UNDELIVERABLE)
    assert not archive.received_to_file(world.clerks[0])


def test_unsent_letter_is_not_offered(world: World) -> None:
    make_letters.draft(world)
    sent = make_letters.dispatched(world)
    assert list(archive.sent_to_file(world.group_registry)) == [sent]


def test_letter_goes_into_a_folder_of_its_own_unit_only(world: World) -> None:
    got = registered(world)
    other = make.folder(world, world.group)
    with pytest.raises(NotAllowed):
        archive.file_letters(actor=world.clerks[0], folder=other, deliveries=[got])
    letter = make_letters.dispatched(world)
    stranger = make.folder(world, GroupFactory(office=world.office))
    with pytest.raises(InvalidInput, match="another unit"):
        archive.file_letters(actor=world.registry, folder=stranger, letters=[letter])
    central = make.folder(world, make.central(world))
    archive.file_letters(actor=world.registry, folder=central, letters=[letter])
    assert KeptLetter.objects.get().unit == make.central(world)


def test_closed_folder_takes_no_letters(world: World) -> None:
    folder = make.folder(world, is_open=False)
    with pytest.raises(InvalidInput, match="no more letters"):
        make.paper(world, into=folder)


def test_nothing_chosen_is_told(world: World) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        archive.file_letters(actor=world.registry, folder=make.folder(world))


def test_work_that_ends_tomorrow_is_refused(world: World) -> None:
    late = PaperLetter(subject="x", finished_on=date(2200, 1, 1))
    with pytest.raises(InvalidInput, match="still to come"):
        archive.file_letters(actor=world.registry, folder=make.folder(world), papers=[late])


def test_secret_letter_keeps_its_subject_out_of_the_register(world: World) -> None:
    got = registered(world, secrecy=Secrecy.SECRET)
    kept = KeptLetter(**archive._words(got.letter))
    assert (kept.subject, kept.is_secret, kept.shown_subject) == ("", True, "(secret letter)")


def test_other_folder_gives_another_mark(world: World) -> None:
    kept = make.paper(world)[0]
    for_ever = make.folder(world, retention=Retention.PERMANENT)
    kept = archive.move_to(kept=kept, folder=for_ever, actor=world.registry)
    assert (kept.keep_until, kept.for_ever, kept.is_archival) == (None, True, True)
    with pytest.raises(InvalidInput, match="stays with its unit"):
        archive.move_to(
            kept=kept, folder=make.folder(world, make.central(world)), actor=world.registry
        )
    with pytest.raises(NotAllowed):
        archive.move_to(kept=kept, folder=for_ever, actor=world.officer)


def test_hold_needs_a_head_and_a_reason(world: World) -> None:
    kept = make.paper(world)[0]
    with pytest.raises(NotAllowed):
        archive.hold(kept=kept, actor=world.registry, reason="คดี")
    with pytest.raises(InvalidInput):
        archive.hold(kept=kept, actor=world.group_director, reason="")
    kept = archive.hold(kept=kept, actor=world.group_director, reason="คดี")
    assert archive.release(kept=kept, actor=world.group_director).legal_hold is False


# Who sees and keeps.


def people_of(world: World) -> dict[str, User]:
    other = GroupFactory(office=world.office)
    return {
        "officer": world.officer,
        "group director": world.group_director,
        "group registry": world.group_registry,
        "deputy": world.deputy,
        "director": world.director,
        "registry": world.registry,
        "officer of another group": person(Role.OFFICER, other),
        "registry of another group": person(Role.GROUP_REGISTRY, other),
        "principal": world.principals[0],
        "school clerk": world.clerks[0],
        "clerk of another school": world.clerks[1],
        "teacher": person(Role.TEACHER, world.schools[0]),
        "auditor": person(Role.AUDITOR, world.group),
        "system administrator": person(Role.SYSADMIN, office=world.office),
        "nobody": person(None, office=world.office),
        "another office": person(Role.DIRECTOR),
    }


SEES = {
    "officer": {"group"},
    "group director": {"group", "secret"},
    "group registry": {"group"},
    "deputy": {"group"},
    "director": {"group", "secret"},
    "registry": {"group"},
    "principal": {"school"},
    "school clerk": {"school"},
}


@pytest.fixture
def kept_ones(world: World) -> dict[int, str]:
    group, secret = make.paper(world, 2)
    KeptLetter.objects.filter(pk=secret.pk).update(secrecy=Secrecy.SECRET)
    school = make.paper(world, into=make.folder(world, world.schools[0]))[0]
    return {group.pk: "group", secret.pk: "secret", school.pk: "school"}


def test_kept_letters_are_seen_by_exact_people(world: World, kept_ones: dict[int, str]) -> None:
    seen = {
        who: {kept_ones[row.pk] for row in KeptLetter.objects.visible_to(user)}
        for who, user in people_of(world).items()
    }
    assert {who: what for who, what in seen.items() if what} == SEES


def test_folders_are_kept_by_exact_people(world: World, kept_ones: dict[int, str]) -> None:
    keeps = {
        who: set(Folder.objects.kept_by(user).values_list("unit", flat=True))
        for who, user in people_of(world).items()
    }
    assert {who: what for who, what in keeps.items() if what} == {
        "group registry": {world.group.pk},
        "registry": {world.group.pk},
        "school clerk": {world.schools[0].pk},
    }
