"""The office of the demo data: real structure and schools, invented people."""

from typing import TextIO

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.registry import DemoAccount
from portal.org.enums import Role

DEMO_PASSWORD = "demo-Phatthalung-2"  # noqa: S105  (printed for everybody who tries the portal)

USERNAMES: dict[Role, str] = {
    Role.DIRECTOR: "director",
    Role.DEPUTY: "deputy",
    Role.GROUP_DIRECTOR: "groupdirector",
    Role.OFFICER: "officer",
    Role.REGISTRY: "registry",
    Role.GROUP_REGISTRY: "groupregistry",
    Role.PRINCIPAL: "principal",
    Role.SCHOOL_CLERK: "schoolclerk",
    Role.TEACHER: "teacher",
    Role.PR_OFFICER: "pr",
    Role.COMPLAINT_OFFICER: "complaint",
    Role.IDENTITY_CUSTODIAN: "custodian",
    Role.JOURNAL_EDITOR: "editor",
    Role.DATA_OFFICER: "data",
    Role.AUDITOR: "auditor",
    Role.SYSADMIN: "admin",
}
"""One account per role that is easy to remember; all the others have made-up user names."""


def accounts() -> list[DemoAccount]:
    """The accounts that the set-up prints, one per role."""
    factors = settings.SECOND_FACTOR_ROLES
    everyone = [
        DemoAccount(
            code=f"org.{username}",
            role=role.label,
            username=username,
            password=DEMO_PASSWORD,
            note=_("a code from /accounts/demo-codes/") if role in factors else "",
            order=order,
        )
        for order, (role, username) in enumerate(USERNAMES.items())
    ]
    a_school = DemoAccount(
        code="org.school",
        role=_("Clerk of the school with SMIS code 93010047 (principal: p93010047)"),
        username="s93010047",
        password=DEMO_PASSWORD,
        order=len(everyone),
    )
    return [*everyone, a_school]


class OrgDemo:
    """Loads the office once; a second run finds it and does nothing."""

    code = "org"
    order = 10

    def load(self, stdout: TextIO) -> None:
        # Only here: Faker is installed for trying out and tests, not in production.
        from portal.org.demo.build import load

        stdout.write(load())
