"""How people sign in. Imported by ``base``; every figure can be changed by the environment."""

from datetime import timedelta

from django.urls import reverse_lazy

from portal.settings.environment import env

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# argon2id first; the rest only verifies what an earlier system brought along.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_RESET_TIMEOUT", default=4 * 60 * 60)

LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"

# A session lasts until the browser closes, or two weeks when the person asks to be remembered.
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=14 * 24 * 60 * 60)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# Who must own a second factor before anything else opens: values of portal.org.enums.Role.
SECOND_FACTOR_ROLES = frozenset(
    env.list(
        "SECOND_FACTOR_ROLES",
        default=[
            "director",
            "deputy",
            "registry",
            "complaint_officer",
            "identity_custodian",
            "sysadmin",
        ],
    )
)
# Off in the tests only, most of which are not about signing in.
SECOND_FACTOR_ENFORCED = True

INVITATION_LIFETIME = timedelta(days=env.int("INVITATION_DAYS", default=14))

SIGN_IN_HISTORY_DAYS = env.int("SIGN_IN_HISTORY_DAYS", default=2 * 365)

# Keys that encrypt authenticator secrets, newest first; derived from SECRET_KEY when empty.
ACCOUNT_ENCRYPTION_KEYS = env.list("ACCOUNT_ENCRYPTION_KEYS", default=[])

ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_RATE_LIMITS = {
    # A whole office comes from one address, so the limits per address are wide and the one
    # per account is narrow.
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reset_password": "20/m/ip,5/h/key",
    "confirm_email": "1/60s/key",
}
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "set_password": "portal.accounts.forms.SetPasswordForm",
    "reset_password": "portal.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "portal.accounts.forms.ReauthenticateForm",
    "add_email": "portal.accounts.forms.AddEmailForm",
}

MFA_ADAPTER = "portal.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = env("MFA_TOTP_ISSUER", default="")
# One step earlier or later is accepted for clocks that differ; portal.accounts.services.codes
# remembers used codes for all three steps.
MFA_TOTP_TOLERANCE = 1
# Nobody signs up here, so that an unverified address cannot be somebody else's account.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "portal.accounts.forms.AuthenticateForm",
    "reauthenticate": "portal.accounts.forms.SecondFactorReauthenticateForm",
    "activate_totp": "portal.accounts.forms.ActivateTOTPForm",
    "add_webauthn": "portal.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "portal.accounts.forms.RenamePasskeyForm",
}

USERSESSIONS_TRACK_ACTIVITY = False

# How many proxies of ours stand before the web server; each adds one X-Forwarded-For address.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
