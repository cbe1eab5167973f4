"""Lending kept letters (clauses 62–65)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from circulars.enums_archive import LoanState
from circulars.models import KeptLetter, Loan
from circulars.services import archive, archive_loans
from circulars.services.access import may_read_file
from circulars.workflow_archive import LOAN
from portal.core.errors import InvalidInput, NotAllowed
from portal.files.permissions import may_read
from portal.org.enums import Role
from portal.users.models import User
from portal.workflow.service import available
from tests.factories import GroupFactory, person
from tests.factories import archive as make
from tests.factories import letters as make_letters
from tests.factories.letters import World


@pytest.fixture
def other_group(world: World) -> dict[str, User]:
    group = GroupFactory(office=world.office)
    return {
        "borrower": person(Role.OFFICER, group),
        "head": person(Role.GROUP_DIRECTOR, group),
    }


def asked(world: World, other_group: dict[str, User], kept: KeptLetter) -> Loan:
    return archive_loans.ask(
        kept=kept,
        actor=world.group_registry,
        borrower=other_group["borrower"],
        purpose="ใช้ประกอบการประชุม",
        due_on=timezone.localdate() + timedelta(days=7),
    )


def lent(world: World, other_group: dict[str, User], kept: KeptLetter) -> Loan:
    loan = asked(world, other_group, kept)
    loan = archive_loans.move(loan=loan, name="confirm", actor=other_group["head"])
    loan = archive_loans.move(loan=loan, name="approve", actor=world.group_director)
    if loan.is_paper:
        loan = archive_loans.move(
            loan=loan, name="hand_out", actor=world.group_registry, received_by="ผู้รับ"
        )
    return loan


@pytest.fixture
def electronic(world: World) -> KeptLetter:
    letter = make_letters.dispatched(world)
    archive.file_letters(actor=world.registry, folder=make.folder(world), letters=[letter])
    return KeptLetter.objects.get()


def test_paper_goes_out_after_both_heads_and_comes_back(
    world: World, other_group: dict[str, User]
) -> None:
    loan = lent(world, other_group, make.paper(world)[0])
    assert (loan.state, loan.lent_on) == (LoanState.LENT, timezone.localdate())
    loan = archive_loans.move(loan=loan, name="give_back", actor=world.group_registry)
    assert (loan.state, loan.returned_on) == (LoanState.RETURNED, timezone.localdate())


def test_head_needs_no_confirmation(world: World) -> None:
    kept = make.paper(world)[0]
    loan = archive_loans.ask(
        kept=kept, actor=world.group_director, purpose="x", due_on=timezone.localdate()
    )
    assert (loan.state, loan.confirmed_by) == (LoanState.CONFIRMED, world.group_director)


def test_electronic_letter_is_read_until_its_day(
    world: World, other_group: dict[str, User], electronic: KeptLetter
) -> None:
    pdf = electronic.letter.pdf  # type: ignore[union-attr]
    borrower = other_group["borrower"]
    assert may_read(borrower, pdf) is False
    loan = lent(world, other_group, electronic)
    assert (loan.state, loan.may_be_read) == (LoanState.LENT, True)
    assert may_read(borrower, pdf) is True
    assert may_read(other_group["head"], pdf) is False
    assert may_read_file(borrower, pdf) is False
    assert archive_loans.files_of(electronic) == [pdf]
    assert list(KeptLetter.objects.visible_to(borrower)) == [electronic]
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert may_read(borrower, pdf) is False
    assert not KeptLetter.objects.visible_to(borrower)
    archive_loans.remind()
    assert Loan.objects.get().state == LoanState.RETURNED


def test_paper_is_lent_to_one_at_a_time(world: World, other_group: dict[str, User]) -> None:
    kept = make.paper(world)[0]
    lent(world, other_group, kept)
    second = asked(world, other_group, kept)
    archive_loans.move(loan=second, name="confirm", actor=other_group["head"])
    with pytest.raises(InvalidInput, match="lent already"):
        archive_loans.move(loan=second, name="approve", actor=world.group_director)


def test_overdue_paper_is_reminded_once_a_week(
    world: World, other_group: dict[str, User], django_capture_on_commit_callbacks: object
) -> None:
    lent(world, other_group, make.paper(world)[0])
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert [archive_loans.remind(), archive_loans.remind()] == [1, 0]
    Loan.objects.update(reminded_on=timezone.localdate() - timedelta(days=7))
    assert archive_loans.remind() == 1
    assert len(mail.outbox) == 0  # mails leave after the commit
    assert Loan.objects.get().is_overdue is True


def test_loan_is_extended_to_a_later_day_only(world: World, other_group: dict[str, User]) -> None:
    loan = lent(world, other_group, make.paper(world)[0])
    with pytest.raises(InvalidInput, match="later day"):
        archive_loans.move(
            loan=loan, name="extend", actor=world.group_director, due_on=loan.due_on
        )
    later = loan.due_on + timedelta(days=3)
    loan = archive_loans.move(loan=loan, name="extend", actor=world.group_director, due_on=later)
    assert loan.due_on == later


def test_refusal_says_why(world: World, other_group: dict[str, User]) -> None:
    loan = asked(world, other_group, make.paper(world)[0])
    loan = archive_loans.move(
        loan=loan, name="refuse", actor=world.group_director, remark="อยู่ระหว่างตรวจสอบ"
    )
    assert (loan.state, loan.remark) == (LoanState.REFUSED, "อยู่ระหว่างตรวจสอบ")


def test_agency_borrows_paper_by_a_letter_of_its_head(world: World) -> None:
    kept = make.paper(world)[0]
    due = timezone.localdate()
    with pytest.raises(InvalidInput, match="its head"):
        archive_loans.ask(kept=kept, actor=world.registry, agency="จังหวัด", purpose="x", due_on=due)
    loan = archive_loans.ask(
        kept=kept, actor=world.registry, agency="จังหวัด", evidence="พท 1", purpose="x",
        due_on=due,
    )  # fmt: skip
    assert (loan.state, loan.borrower) == (LoanState.CONFIRMED, None)


def test_agency_borrows_nothing_electronic(world: World, electronic: KeptLetter) -> None:
    with pytest.raises(InvalidInput, match="its head"):
        archive_loans.ask(
            kept=electronic, actor=world.registry, agency="จังหวัด", evidence="พท 1",
            purpose="x", due_on=timezone.localdate(),
        )  # fmt: skip


def test_only_keepers_ask_for_others(world: World, other_group: dict[str, User]) -> None:
    with pytest.raises(NotAllowed):
        archive_loans.ask(
            kept=make.paper(world)[0], actor=world.officer, borrower=other_group["borrower"],
            purpose="x", due_on=timezone.localdate(),
        )  # fmt: skip


@pytest.mark.parametrize("days", [-1, 181])
def test_day_to_give_back_is_near(world: World, days: int) -> None:
    with pytest.raises(InvalidInput, match="180"):
        archive_loans.ask(
            kept=make.paper(world)[0], actor=world.officer, purpose="x",
            due_on=timezone.localdate() + timedelta(days=days),
        )  # fmt: skip


def test_person_without_post_cannot_borrow(world: World) -> None:
    with pytest.raises(InvalidInput, match="no post"):
        archive_loans.ask(
            kept=make.paper(world)[0], actor=world.registry,
            borrower=person(None, office=world.office), purpose="x",
            due_on=timezone.localdate(),
        )  # fmt: skip


def test_secret_and_absent_letters_are_not_lent(world: World) -> None:
    secret, gone = make.paper(world, 2)
    secret.secrecy = "secret"
    gone.state = "handed_over"
    for kept, words in ((secret, "57.1"), (gone, "not here")):
        with pytest.raises(InvalidInput, match=words):
            archive_loans.ask(
                kept=kept, actor=world.officer, purpose="x", due_on=timezone.localdate()
            )


def test_late_approval_is_refused(world: World, other_group: dict[str, User]) -> None:
    loan = asked(world, other_group, make.paper(world)[0])
    archive_loans.move(loan=loan, name="confirm", actor=other_group["head"])
    Loan.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(InvalidInput, match="is over"):
        archive_loans.move(loan=loan, name="approve", actor=world.group_director)


MAY = {
    "borrower": {"withdraw"},
    "head": {"confirm", "refuse"},
    "group director": {"refuse"},
    "group registry": {"withdraw"},
    "registry": {"withdraw"},
    "director": {"confirm", "refuse"},
    "deputy": {"confirm", "refuse"},
}


def test_moves_of_a_new_loan_belong_to_exact_people(
    world: World, other_group: dict[str, User]
) -> None:
    loan = asked(world, other_group, make.paper(world)[0])
    people = {
        **other_group,
        "group director": world.group_director,
        "group registry": world.group_registry,
        "registry": world.registry,
        "director": world.director,
        "deputy": world.deputy,
        "officer": world.officer,
        "principal": world.principals[0],
        "another office": person(Role.DIRECTOR),
    }
    may = {
        who: {move.name for move in available(LOAN, loan, user)} for who, user in people.items()
    }
    assert {who: what for who, what in may.items() if what} == MAY
    seen = {who for who, user in people.items() if Loan.objects.visible_to(user).exists()}
    assert seen == {
        "borrower", "head", "group director", "group registry", "registry", "director", "deputy",
        "officer",
    }  # fmt: skip
