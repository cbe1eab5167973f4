from dataclasses import asdict, dataclass
from typing import Any

from django.core import signing

from portal.files.enums import ATTACHMENTS, FileKind

_SALT = "portal.files.rules"


@dataclass(frozen=True)
class UploadRules:
    """What a form field takes; it travels signed through the page to the upload view.

    ``field`` is the HTML name of the field; ``titles`` says whether each file gets one.
    """

    field: str = "files"
    kinds: frozenset[str] = ATTACHMENTS
    strip_image: bool = False
    titles: bool = True

    def dumps(self) -> str:
        return signing.dumps({**asdict(self), "kinds": sorted(self.kinds)}, salt=_SALT)

    @classmethod
    def loads(cls, text: str) -> "UploadRules":
        """Raises ``signing.BadSignature`` for what this installation did not sign."""
        values: dict[str, Any] = signing.loads(text, salt=_SALT)
        return cls(**{**values, "kinds": frozenset(values["kinds"])})

    @property
    def accept(self) -> str:
        """For the file input's attribute, as in ".pdf,.docx"."""
        return ",".join(f".{kind}" for kind in FileKind.values if kind in self.kinds)
