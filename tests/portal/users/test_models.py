import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from portal.users.models import User
from tests.factories import OfficeFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_full_name_has_no_space_after_the_title() -> None:
    user = User(title="นางสาว", first_name="สมศรี", last_name="ใจดี")
    assert (user.get_full_name(), str(user), user.get_short_name()) == (
        "นางสาวสมศรี ใจดี",
        "นางสาวสมศรี ใจดี",
        "สมศรี",
    )


def test_a_full_name_without_title_and_family_name() -> None:
    assert User(first_name="สมศรี").get_full_name() == "สมศรี"


@pytest.mark.parametrize("field", ["username", "email"])
def test_user_names_and_addresses_are_unique_whatever_the_case(field: str) -> None:
    taken = UserFactory(username="somsri", email="somsri@example.com")
    value = getattr(taken, field).upper()
    others = {"username": "b", "email": "b@example.com"} | {field: value}
    twin = User(first_name="ข", **others)
    with pytest.raises(ValidationError) as shown:
        twin.validate_constraints()
    names = {c.violation_error_message for c in User._meta.constraints if field in c.name}
    assert set(shown.value.messages) == names
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(first_name="ข", **others)])


def test_several_people_may_have_no_address() -> None:
    UserFactory(email="")
    UserFactory(email="")
    assert User.objects.filter(email="").count() == 2


def test_create_user_can_sign_in_and_is_nothing_more() -> None:
    user = User.objects.create_user("somsri", "somsri@example.com", "a-Password-9", first_name="ก")
    assert user.check_password("a-Password-9")
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


def test_create_superuser_may_open_the_back_office() -> None:
    user = User.objects.create_superuser("root", "root@example.com", "a-Password-9")
    assert (user.is_staff, user.is_superuser, user.office) == (True, True, None)


def test_a_user_name_is_found_whatever_the_case() -> None:
    user = UserFactory(username="Somsri")
    assert User.objects.get_by_natural_key("sOMSRI") == user


def test_people_stand_in_dictionary_order_by_given_then_family_name() -> None:
    office = OfficeFactory()
    for first, last in (("เก่ง", "ข"), ("ขวัญ", "ก"), ("เก่ง", "ก"), ("กล้า", "ฮ")):
        UserFactory(office=office, first_name=first, last_name=last)
    names = [f"{user.first_name} {user.last_name}" for user in User.objects.all()]
    assert names == ["กล้า ฮ", "เก่ง ก", "เก่ง ข", "ขวัญ ก"]


def test_saving_other_fields_keeps_the_order() -> None:
    user = UserFactory(first_name="ก")
    key = user.sort_key
    user.phone = "0"
    user.save(update_fields=["phone"])
    user.refresh_from_db()
    assert (user.sort_key, user.phone) == (key, "0")
