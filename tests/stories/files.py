"""Files that several stories attach: drawn here, of nobody."""

import base64
import io
from typing import Any

from PIL import Image

from tests.stories.answers import command

GPS = b"23.7082N-113.0560E"
"""Where the picture says that it was taken."""


def jpeg(side: int = 64, *, colour: str = "teal", note: str = GPS.decode()) -> bytes:
    """A picture that says where, and by which phone, it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "手机厂商"
    exif.get_ifd(0x8825).update({1: "N", 2: (23.0, 42.0, 29.5), 3: "E", 4: (113.0, 3.0, 21.6)})
    exif[0x010E] = note
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


def attached(content: bytes, what: str = "injury", **answers: Any) -> dict[str, Any]:
    """A file as a client sends it, with an id of its own."""
    text = base64.b64encode(content).decode()
    return command({"what": what, **answers}, content=text)


def photo(what: str = "injury", **answers: Any) -> dict[str, Any]:
    return attached(jpeg(), what, **answers)
