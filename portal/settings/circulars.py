"""The seal on signed letters, and how long a preview is kept."""

from pathlib import Path

from portal.settings.environment import VAR_DIR, env

# One PKCS#12 file for each office, named after its area code: 9302.p12.
SEAL_DIR = Path(env("SEAL_DIR", default=str(VAR_DIR / "seals")))
SEAL_PASSPHRASE = env("SEAL_PASSPHRASE", default="")
# Make a certificate where none is: only where the portal is tried out.
SEAL_SELF_SIGNED = env.bool("SEAL_SELF_SIGNED", default=False)

LETTER_PREVIEW_SECONDS = 60 * 60  # pictures of a draft stay in the cache this long
LETTER_CHECKS_PER_MINUTE = env.int("LETTER_CHECKS_PER_MINUTE", default=30)  # by one address
