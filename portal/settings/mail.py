"""E-mail goes through SMTP everywhere; `make run` starts a server that keeps it in a folder."""

from portal.settings.environment import env

_SERVER = env.email_url_config(env("EMAIL_URL", default="") or "smtp://localhost:1025")

EMAIL_BACKEND = _SERVER["EMAIL_BACKEND"]
EMAIL_HOST = _SERVER["EMAIL_HOST"]
EMAIL_PORT = _SERVER["EMAIL_PORT"]
EMAIL_HOST_USER = _SERVER["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _SERVER["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _SERVER.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _SERVER.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="portal@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
