"""A table with everything in it that tables can have."""

from typing import Any

from portal.core.predicates import predicate
from portal.org.enums import Role
from portal.org.permissions import has_role
from portal.workflow.service import Move, Table
from tests.apps.sample.models import Paper, PaperState

S = PaperState


@predicate
def is_writer(user: Any, paper: Paper) -> bool:
    return paper.writer_id == user.pk


@predicate
def is_director(user: Any, paper: Paper) -> bool:
    return has_role(user, Role.DIRECTOR)


def number(*, obj: Paper, actor: Any, **inputs: Any) -> None:
    obj.number = (obj.number or 0) + 1


def remark(*, obj: Paper, actor: Any, text: str, **inputs: Any) -> None:
    obj.remark = text


def after_answer(obj: Paper, inputs: dict[str, Any]) -> str:
    return S.SIGNED if obj.remark == "fine" else S.RETURNED


PAPER = Table(
    kind="sample.paper",
    model="sample.Paper",
    states=PaperState,
    initial=S.DRAFT,
    moves=(
        Move(
            name="submit",
            label="Submit",
            source={S.DRAFT, S.RETURNED},
            target=S.WAITING,
            may=is_writer,
        ),
        Move(
            name="sign",
            label="Sign",
            source={S.WAITING},
            target=S.SIGNED,
            may=is_director,
            effect=number,
            tone="success",
            confirm="Sign this?",
        ),
        Move(
            name="answer",
            label="Answer",
            source={S.WAITING},
            target=after_answer,
            targets={S.SIGNED, S.RETURNED},
            may=is_director,
            needs=("text",),
            effect=remark,
        ),
        Move(
            name="void",
            label="Void",
            source={S.DRAFT, S.WAITING, S.RETURNED},
            target=S.VOID,
            may=is_writer | is_director,
            tone="danger",
        ),
        Move(
            name="expire",
            label="Expire",
            source={S.DRAFT},
            target=S.VOID,
            may=lambda user, paper: False,
            button=False,
            system=True,
        ),
    ),
)
