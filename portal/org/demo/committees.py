"""Committees of the demo office; their orders are known, who sits in them is made up."""

from collections.abc import Iterable, Sequence
from datetime import date

from faker import Faker

from portal.org.demo import figures
from portal.org.enums import Role, UnitKind
from portal.org.models import Committee, CommitteeMember, Membership, Office

CHAIR, DEPUTY_CHAIR, MEMBER, SECRETARY = (
    "ประธานกรรมการ",
    "รองประธานกรรมการ",
    "กรรมการ",
    "กรรมการและเลขานุการ",
)
PR_SEATS, JOURNAL_SEATS, BODY_SEATS = 33, 24, 9
SEED = 2557


def add_committees(office: Office) -> None:
    """The PR network's and the journal's committee, the area's bodies and the four teams."""
    posts = list(
        Membership.objects.filter(unit__office=office)
        .select_related("unit__school", "person")
        .order_by("pk")
    )
    staff = [post for post in posts if post.unit.kind != UnitKind.SCHOOL]
    heads = [
        *_of(staff, Role.DIRECTOR),
        *_of(staff, Role.DEPUTY),
        *_of(staff, Role.GROUP_DIRECTOR),
    ]
    others = [post for post in staff if post not in heads]
    pr = [*_of(others, Role.PR_OFFICER), *heads, *_network_chairs(posts), *others]
    journal = [*_of(others, Role.JOURNAL_EDITOR), *heads, *reversed(others)]
    _seat(_committee(office, figures.PR_COMMITTEE, "295/2557"), _first(pr, PR_SEATS))
    _seat(
        _committee(office, figures.JOURNAL_COMMITTEE, "259/2557"), _first(journal, JOURNAL_SEATS)
    )
    _add_area_bodies(office)
    for number, team in enumerate(figures.FLOWER_TEAMS):
        committee = _committee(office, f"ทีม{team}", "")
        _seat(committee, staff[number :: len(figures.FLOWER_TEAMS)], duties=False)


def _of(posts: Iterable[Membership], role: Role) -> list[Membership]:
    return [post for post in posts if post.role == role]


def _first(posts: Sequence[Membership], seats: int) -> list[Membership]:
    """The first different posts, with the secretary (named first) moved to the end."""
    different = list(dict.fromkeys(posts))[:seats]
    return [*different[1:], different[0]]


def _network_chairs(posts: Iterable[Membership]) -> list[Membership]:
    """The first principal of each network, as its chair."""
    chairs: dict[int | None, Membership] = {}
    for post in _of(posts, Role.PRINCIPAL):
        chairs.setdefault(post.unit.school.network_id, post)
    return list(chairs.values())


def _committee(
    office: Office, name: str, order_number: str, ends_on: date | None = None
) -> Committee:
    return Committee.objects.create(
        office=office,
        name=name,
        order_number=order_number,
        starts_on=date(2014, 7, 1),
        ends_on=ends_on,
    )


def _seat(committee: Committee, posts: Sequence[Membership], *, duties: bool = True) -> None:
    CommitteeMember.objects.bulk_create(
        CommitteeMember(
            committee=committee,
            person=post.person,
            unit=post.unit,
            duty=_duty(post, last=post is posts[-1]) if duties else MEMBER,
            position=place,
        )
        for place, post in enumerate(posts, start=1)
    )


def _duty(post: Membership, *, last: bool) -> str:
    if last:
        return SECRETARY
    return {Role.DIRECTOR: CHAIR, Role.DEPUTY: DEPUTY_CHAIR}.get(Role(post.role), MEMBER)


def _add_area_bodies(office: Office) -> None:
    """Bodies of people from outside, with names from Faker; the second one's term is over."""
    fake = Faker("th_TH")
    fake.seed_instance(SEED)
    for number, name in enumerate(figures.AREA_BODIES):
        ended = date(2017, 4, 3) if number == 1 else None
        committee = _committee(office, name, "", ended)
        CommitteeMember.objects.bulk_create(
            CommitteeMember(
                committee=committee,
                outside_name=f"{fake.first_name()} {fake.last_name()}",
                duty=CHAIR if place == 1 else MEMBER,
                position=place,
            )
            for place in range(1, BODY_SEATS + 1)
        )
