import codecs
from typing import BinaryIO

_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13, 26, 27})
_CHUNK = 1 << 16


def is_text(file: BinaryIO) -> bool:
    """Whether the whole file reads as UTF-8 or as Windows Thai (cp874), without control bytes."""
    return _decodes(file, "utf-8") or _decodes(file, "cp874")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            if chunk.translate(None, _CONTROLS) != chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
