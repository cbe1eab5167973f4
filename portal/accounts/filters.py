import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import SignInResult
from portal.accounts.models import SignIn
from portal.users.models import User


class SignInFilter(django_filters.FilterSet):
    """The office's sign-ins by person, result and day."""

    person = django_filters.CharFilter(label=_("Person"), method="of_person")
    result = django_filters.ChoiceFilter(
        label=_("Result"), choices=SignInResult, empty_label=_("All")
    )

    class Meta:
        model = SignIn
        fields = ["person", "result"]

    def of_person(self, rows: QuerySet[SignIn], name: str, words: str) -> QuerySet[SignIn]:
        for word in words.split():
            rows = rows.filter(user__in=_people(word))
        return rows


def _people(word: str) -> QuerySet[User]:
    return User.objects.filter(
        Q(first_name__icontains=word) | Q(last_name__icontains=word) | Q(username__icontains=word)
    )
