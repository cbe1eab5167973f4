"""Words that are sealed at rest: what the database holds, and what people read."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from portal.core.fields import SealableTextField
from portal.core.sealing import SealLost, seal, unseal
from tests.apps.sample.models import Paper

WORDS = "เรื่องลับ"

pytestmark = pytest.mark.django_db


def stored(paper: Paper) -> tuple[str, str]:
    """The columns as they lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, facts::text FROM sample_paper WHERE id = %s", [paper.pk])
        return cursor.fetchone()


def paper(*, is_secret: bool) -> Paper:
    return Paper.objects.create(is_secret=is_secret, words=WORDS, facts={"place": WORDS})


def test_words_of_an_open_object_are_stored_as_they_are() -> None:
    words, facts = stored(paper(is_secret=False))
    assert (words, WORDS in facts) == (WORDS, True)


def test_words_of_a_secret_object_are_not_in_the_database() -> None:
    secret = paper(is_secret=True)

    for column in stored(secret):
        assert "sealed" in column
        assert WORDS not in column
        assert WORDS.encode().hex() not in column
    again = Paper.objects.get(pk=secret.pk)
    assert (again.words, again.facts) == (WORDS, {"place": WORDS})
    assert Paper.objects.values_list("words", "facts").get() == (WORDS, {"place": WORDS})


def test_words_follow_the_object_when_it_becomes_secret_and_open_again() -> None:
    changing = paper(is_secret=False)
    for is_secret in (True, False):
        changing = Paper.objects.get(pk=changing.pk)
        changing.is_secret = is_secret
        changing.save()
        assert (stored(changing)[0] == WORDS) is not is_secret


def test_nothing_is_sealed_where_there_are_no_words() -> None:
    empty = Paper.objects.create(is_secret=True)
    assert stored(empty) == ("", "{}")


def test_the_same_words_are_never_sealed_alike() -> None:
    assert stored(paper(is_secret=True))[0] != stored(paper(is_secret=True))[0]


def test_new_keys_open_what_old_ones_sealed(settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CONTENT_KEYS = [old]
    token = seal(WORDS)

    settings.CONTENT_KEYS = [new, old]
    assert unseal(token) == WORDS
    settings.CONTENT_KEYS = [new]
    with pytest.raises(SealLost):
        unseal(token)


def test_without_keys_the_installation_has_its_own(settings) -> None:
    token = seal(WORDS)
    settings.SECRET_KEY = "another installation"
    with pytest.raises(SealLost):
        unseal(token)


def test_migrations_know_when_a_field_is_sealed() -> None:
    field = SealableTextField(sealed_when="letter.is_secret", blank=True)
    _name, path, _args, kwargs = field.deconstruct()
    assert path == "portal.core.fields.SealableTextField"
    assert kwargs == {"sealed_when": "letter.is_secret", "blank": True}
