from django.urls import path

from portal.accounts.views import accepting, invitations, security

app_name = "accounts"

urlpatterns = [
    path("security/", security.security, name="security"),
    path("history/", security.my_history, name="history"),
    path("history/office/", security.office_history, name="office_history"),
    path("people/<int:pk>/reset-second-factor/", security.reset_factor, name="reset_factor"),
    path("sessions/<int:pk>/end/", security.end_session, name="end_session"),
    path("second-factor/", security.factor_needed, name="factor_needed"),
    path("identity/passkey/", security.passkey_options, name="passkey_options"),
    path("demo-codes/", security.demo_codes, name="demo_codes"),
    path("invitations/", invitations.invitation_list, name="invitations"),
    path("invitations/new/", invitations.invite_person, name="invite"),
    path("invitations/file/", invitations.import_people, name="import_people"),
    path("invitations/file/sample/", invitations.sample_file, name="sample_file"),
    path("invitations/file/check/", invitations.checked_people, name="checked_people"),
    path("invitations/file/rejected/", invitations.rejected_people, name="rejected_people"),
    path("invitations/<int:pk>/resend/", invitations.resend, name="resend_invitation"),
    path("invitations/<int:pk>/revoke/", invitations.revoke, name="revoke_invitation"),
    path("invitation/", accepting.accept_invitation, name="accept_invitation"),
    path("invitation/<str:token>/", accepting.open_invitation, name="open_invitation"),
]
