"""Where a list goes on, as clients carry it."""

from index.stored import Position

# The last one's date in hexadecimal and its row: whatever fits is a position.
PATTERN = r"^([0-9a-f]{2}){0,64}\.[0-9]{1,18}$"


def write_cursor(position: Position | None) -> str | None:
    """The cursor for a position; None at the end."""
    return f"{position.published.encode().hex()}.{position.row}" if position else None


def read_cursor(cursor: str | None) -> Position | None:
    """The position that a cursor, which fits ``PATTERN``, tells; None where there is none."""
    if cursor is None:
        return None
    published, _, row = cursor.partition(".")
    return Position(bytes.fromhex(published).decode(errors="replace"), int(row))
