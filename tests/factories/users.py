import factory
from factory.django import DjangoModelFactory

from portal.users.models import User

PASSWORD = "test-Password-9"


class UserFactory(DjangoModelFactory):
    """Somebody of an office who can sign in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    office = factory.SubFactory("tests.factories.org.OfficeFactory")
    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.com")
    title = "นาย"
    first_name = factory.Sequence(lambda n: f"ทดสอบ{n:04d}")
    last_name = "สกุลทดสอบ"
    # Tests read the source's own words, which stay when a better Thai one is found.
    language = "en"

    @factory.post_generation
    def password(self: User, create: bool, extracted: str | None, **kwargs: object) -> None:
        self.set_password(extracted or PASSWORD)
        if create:
            self.save(update_fields=["password"])
