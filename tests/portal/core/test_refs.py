import pytest
from django.contrib.auth.models import Group

from portal.core.refs import ref, resolve, resolve_many
from portal.users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("somchai", first_name="สมชาย")


def test_ref_names_model_and_key(user: User) -> None:
    assert ref(user) == f"users.user:{user.pk}"


def test_ref_unsaved_object() -> None:
    with pytest.raises(ValueError, match=r"users\.User has no reference"):
        ref(User())


def test_resolve_round_trip(user: User) -> None:
    assert resolve(ref(user)) == user


def test_resolve_gone_object(user: User) -> None:
    reference = ref(user)
    user.delete()
    assert resolve(reference) is None


@pytest.mark.parametrize(
    "reference",
    ["", "users.user", "users.user:", "users.user:x", "users.nothing:1", "nothing:1", ":1"],
)
def test_resolve_malformed_reference(reference: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        resolve(reference)


def test_resolve_many_one_query_per_model(user: User, django_assert_num_queries) -> None:
    group = Group.objects.create(name="หนึ่ง")
    other = User.objects.create_user("somsri", first_name="สมศรี")
    wanted = [ref(user), ref(group), ref(other), "users.user:0", ref(user)]
    with django_assert_num_queries(2):
        found = resolve_many(wanted)
    assert found == {ref(user): user, ref(other): other, ref(group): group}
