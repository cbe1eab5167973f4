"""Second factors of people, for tests of pages and for browsers."""

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP

from portal.accounts.demo import DEMO_TOTP_SECRET
from portal.users.models import User


@pytest.fixture
def with_app() -> Callable[[User], User]:
    """``with_app(user)`` gives the person an authenticator app of a known secret."""

    def give(user: User) -> User:
        TOTP.activate(user, DEMO_TOTP_SECRET)
        return user

    return give
