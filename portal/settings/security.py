"""What the browser is told to allow: as little as the pages need."""

from csp.constants import NONCE, NONE, SELF

from portal.settings.environment import env

# Keys for secret words and files at rest, newest first; follow from SECRET_KEY when empty.
CONTENT_KEYS = env.list("CONTENT_KEYS", default=[])

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
    }
}
# No page uses any of these, and nothing that gets into a page shall.
PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
# For browsers too old for the policy above, which lets a page frame its own preview of a letter.
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
# A cell that begins with "=" is text to us; a spreadsheet would run it.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
