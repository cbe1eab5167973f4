"""What a person reads when the private servers or the runner cannot do their work."""


class EmbeddedError(Exception):
    """Its text says what is wrong and what to do; it is shown without a traceback."""


def tail(text: str, lines: int = 8) -> str:
    """The last ``lines`` non-empty lines of a log, indented for the screen."""
    kept = [line for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join(f"    {line}" for line in kept)
