"""What a file is by its content, and whether it is sound; the name is only compared."""

from portal.files.checks.detect import check

__all__ = ["check"]
