"""Where a list goes on, as clients carry it."""

import base64
import binascii
import json

from index.errors import SettingError
from index.store import Position


def write_cursor(position: Position | None) -> str | None:
    """The cursor for a position; None at the end."""
    if position is None:
        return None
    content = json.dumps([position.published, position.row]).encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def read_cursor(cursor: str | None) -> Position | None:
    """The position that a cursor tells; None where there is no cursor.

    Raises:
        SettingError: the cursor did not come from ``write_cursor``.
    """
    if not cursor:
        return None
    try:
        content = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        published, row = json.loads(content)
    except (binascii.Error, ValueError, TypeError):
        published = row = None
    if not isinstance(published, str) or type(row) is not int or abs(row) >= 1 << 63:
        raise SettingError(
            "cursor is not one that a list gave; take `next` of the part before, or none",
            "cursor 不是列表给出的；请用上一页的 next，或者不写",
        )
    return Position(published, row)
