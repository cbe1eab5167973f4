from collections.abc import Callable

import pytest
from django.test import Client

from portal.users.models import User


@pytest.fixture
def browse() -> Callable[[User], Client]:
    """A browser in which somebody has signed in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
