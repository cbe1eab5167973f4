"""allauth's pages: without its sign-up, and with our list of sessions in place of its own."""

from allauth.account.urls import urlpatterns as account
from django.urls import include, path

from portal.accounts.views.security import session_list

urlpatterns = [
    *[pattern for pattern in account if pattern.name != "account_signup"],
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", session_list, name="usersessions_list"),
]
