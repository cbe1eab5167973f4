"""Small print of what allauth asks us."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from portal.accounts.adapters import AccountAdapter, account_of
from portal.accounts.services import crypto
from tests.factories import UserFactory


def test_nobody_signs_up(rf):
    assert AccountAdapter().is_open_for_signup(rf.get("/")) is False


def test_keys_can_be_rotated(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.ACCOUNT_ENCRYPTION_KEYS = [old]
    token = crypto.encrypt("secret")
    settings.ACCOUNT_ENCRYPTION_KEYS = [new, old]
    assert crypto.decrypt(token) == "secret"
    settings.ACCOUNT_ENCRYPTION_KEYS = [new]
    with pytest.raises(InvalidToken):
        crypto.decrypt(token)


def test_key_without_a_setting_follows_the_secret_key(settings):
    token = crypto.encrypt("secret")
    assert crypto.decrypt(token) == "secret"
    settings.SECRET_KEY = "another-key-of-another-installation"
    with pytest.raises(InvalidToken):
        crypto.decrypt(token)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("credentials", "found"),
    [
        ({"username": "SOMCHAI"}, True),
        ({"email": "somchai@example.com", "username": "somchai@example.com"}, True),
        ({"username": "nobody"}, False),
        ({}, False),
    ],
)
def test_account_behind_what_was_typed(credentials, found):
    user = UserFactory(username="somchai")
    assert account_of(credentials) == (user if found else None)
