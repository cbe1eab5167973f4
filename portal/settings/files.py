"""Stored files: how large, how checked, how given out."""

from portal.settings.environment import env

FILES_MAX_BYTES = env.int("FILES_MAX_BYTES", default=50_000_000)
FILES_MAX_PIXELS = env.int("FILES_MAX_PIXELS", default=64_000_000)
FILES_MAX_UNPACKED_BYTES = env.int("FILES_MAX_UNPACKED_BYTES", default=500_000_000)
FILES_MAX_UNATTACHED = 200  # uploads that one person may leave lying about
FILES_UNATTACHED_HOURS = 24  # then they are swept
# Where nginx serves MEDIA_ROOT internally ("/protected/"); empty: the portal sends the bytes.
FILES_X_ACCEL = env("FILES_X_ACCEL", default="")

# "unix:///run/clamav/clamd.ctl" or "tcp://host:3310"; empty: files are not scanned.
CLAMD_URL = env("CLAMD_URL", default="")
CLAMD_TIMEOUT = env.float("CLAMD_TIMEOUT", default=60.0)  # seconds for each answer
# Whether a file that could not be scanned waits instead of being given out.
FILES_REQUIRE_SCAN = env.bool("FILES_REQUIRE_SCAN", default=False)

FILE_UPLOAD_HANDLERS = ["portal.files.uploads.LimitedUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o644
DATA_UPLOAD_MAX_NUMBER_FILES = 50

# Reading files for the search: characters kept of each, and pages of a scan that are read.
FILES_MAX_TEXT = 500_000
OCR_MAX_PAGES = env.int("OCR_MAX_PAGES", default=30)
# The program that reads scans; Debian's packages tesseract-ocr and tesseract-ocr-tha.
TESSERACT = env("TESSERACT", default="tesseract")
