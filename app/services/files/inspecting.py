"""What a file is, by its content, and a harmless picture of it. Run in a process of its own.

    python -I -m app.services.files.inspecting < file > answer

The answer is one line of JSON (`media_type`, `width`, `height`; or `refused` and `detail`), then
the picture: a JPEG drawn anew from the pixels, without anything else the file carried. Whatever
decodes what strangers made may fail or be taken over: this process holds no key, and has bounded
memory and time.
"""

import io
import json
import re
import resource
import sys
import wave
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, Final

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

MEMORY, SECONDS = 1 << 30, 20
PIXELS, SIDE = 50_000_000, 20_000
SHOWN_SIDE, QUALITY = 1600, 80
PDF_PAGES, PDF_OBJECTS = 500, 50_000
DOCX_PARTS, DOCX_BYTES, DOCX_RATIO = 500, 60_000_000, 200

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Refusal(Exception):
    """Why a file is not taken: the problem's type, and what to do."""

    def __init__(self, type_: str, detail: str) -> None:
        super().__init__(detail)
        self.type, self.detail = type_, detail


Answer = tuple[dict[str, Any], bytes]


TOO_LARGE = Refusal("picture-too-large", "图片尺寸太大（最多五千万像素），请缩小后再提交")


def _damaged(what: str) -> Refusal:
    return Refusal("file-damaged", f"{what}不完整或已损坏，请重新拍摄或导出")


def _picture(kind: str) -> Callable[[bytes], Answer]:
    def look_into(content: bytes) -> Answer:
        try:
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                return _drawn(image, kind)
        except Image.DecompressionBombError:
            raise TOO_LARGE from None
        except (OSError, SyntaxError, ValueError, EOFError):
            raise _damaged("图片") from None

    return look_into


def _drawn(image: Image.Image, kind: str) -> Answer:
    width, height = image.size
    if width * height > PIXELS or max(width, height) > SIDE:
        raise TOO_LARGE
    # A phone's JPEG may hold a second picture, such as a preview: the first is what is shown.
    if kind != "JPEG" and getattr(image, "n_frames", 1) > 1:
        raise Refusal("file-type-not-allowed", "不接收动图，请提交静态图片")
    image.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
    image.load()
    upright = _upright(image)
    upright.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    flat = Image.new("RGB", upright.size, "white")
    toned = upright.convert("RGBA")
    flat.paste(toned, mask=toned.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY)
    return {"media_type": f"image/{kind.lower()}", "width": width, "height": height}, out.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """The picture as it was held; as it is where what it says of itself cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except (OSError, SyntaxError, ValueError, EOFError):
        return image


ACTIVE: Final = frozenset(
    {
        "/JS", "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR",
        "/RichMedia", "/RichMediaExecute", "/RichMediaContent", "/Rendition", "/Movie", "/3D",
        "/EmbeddedFile", "/EmbeddedFiles", "/EF", "/FileAttachment", "/XFA", "/Sound",
    }
)  # fmt: skip
"""Words by which a PDF acts, reaches out, or carries other files."""


def _pdf(content: bytes) -> Answer:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise Refusal("file-unsafe", "PDF 有密码，无法检查，请去掉密码后提交")
        pages = len(reader.pages)
        listed = [(number, at) for at, found in reader.xref.items() for number in found]
        listed += [(number, 0) for number in reader.xref_objStm]
        if not 0 < pages <= PDF_PAGES or len(listed) > PDF_OBJECTS:
            raise Refusal("file-too-complex", f"PDF 没有页面，或超过 {PDF_PAGES} 页，请拆分后提交")
        words = {word for word in _words(reader.trailer) if word in ACTIVE}
        for number, generation in listed:
            found = reader.get_object(IndirectObject(number, generation, reader))
            words |= {word for word in _words(found) if word in ACTIVE}
    except Refusal:
        raise
    except Exception:
        # A parser of this size fails in many ways on what is broken on purpose.
        raise _damaged("PDF") from None
    if words:
        raise Refusal(
            "file-unsafe", "PDF 含有脚本、附件或会自动执行的内容，请打印成新的 PDF 后提交"
        )
    return {"media_type": "application/pdf"}, b""


def _words(found: Any) -> Iterator[str]:
    """Every name in a value and in what it holds itself: what it points at is listed on its own."""
    waiting = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, NameObject):
            yield str(value)
        elif isinstance(value, DictionaryObject | StreamObject):
            waiting += [part for pair in dict.items(value) for part in pair]
        elif isinstance(value, ArrayObject):
            waiting += list(value)


ACTIVE_PARTS: Final = (
    "vba",
    "activex",
    "embeddings",
    "oleobject",
    "macrosheet",
    "customui",
    ".bin",
)
FOREIGN: Final = (b"<!doctype", b"<!entity", b"macroenabled")
HYPERLINK: Final = re.compile(rb'type\s*=\s*["\'][^"\']*/hyperlink["\']')
"""What may point outside: a link that somebody taps. All else is fetched when it is opened."""


def _docx(content: bytes) -> Answer:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_docx(archive)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise _damaged("文档") from None
    return {"media_type": DOCX}, b""


def _check_docx(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > DOCX_PARTS or size > DOCX_BYTES or size > DOCX_RATIO * packed:
        raise Refusal("file-too-complex", "文档展开后太大，请拆分后提交")
    names = [part.filename for part in parts]
    if len(set(names)) < len(names) or "word/document.xml" not in names:
        raise Refusal("file-type-not-allowed", "只接收图片、PDF、Word 文档（.docx）和录音")
    unsafe = Refusal("file-unsafe", "文档含有宏、嵌入对象或外部链接，请另存为不含宏的文档后提交")
    for part in parts:
        name = part.filename.lower()
        if any(word in name for word in ACTIVE_PARTS) or ".." in name or name.startswith("/"):
            raise unsafe
        text = archive.read(part).lower()
        if not name.endswith((".xml", ".rels")):
            continue
        text = text.replace(b"\x00", b"")  # a part may be written in UTF-16
        if any(word in text for word in FOREIGN):
            raise unsafe
        if name.endswith(".rels"):
            outside = [one for one in text.split(b"<relationship") if b"external" in one]
            if not all(HYPERLINK.search(one) for one in outside):
                raise unsafe


def _recording(media_type: str) -> Callable[[bytes], Answer]:
    return lambda content: ({"media_type": media_type}, b"")


def _wave(content: bytes) -> Answer:
    try:
        with wave.open(io.BytesIO(content)):
            return {"media_type": "audio/wav"}, b""
    except (wave.Error, EOFError):
        raise _damaged("录音") from None


def _heif(content: bytes) -> Answer:
    raise Refusal("file-type-not-allowed", "不接收 HEIC 图片，请在手机上另存为 JPEG 后提交")


BEGINNINGS: Final = (
    (rb"\xff\xd8\xff", _picture("JPEG")),
    (rb"\x89PNG\r\n\x1a\n", _picture("PNG")),
    (rb"RIFF....WEBP", _picture("WEBP")),
    (rb"RIFF....WAVE", _wave),
    (rb"%PDF-", _pdf),
    (rb"PK\x03\x04", _docx),
    (rb"....ftypM4A ", _recording("audio/mp4")),
    (rb"#!AMR", _recording("audio/amr")),
    (rb"ID3|\xff[\xfb\xf3\xf2]", _recording("audio/mpeg")),
    (rb"....ftyp(hei|hev|mif1|msf1|avif)", _heif),
)


def inspect(content: bytes) -> Answer:
    """What a file is, as the parser says that its first bytes call for; not its name, nor what it
    was said to be. Raises Refusal."""
    for beginning, look_into in BEGINNINGS:
        if re.match(beginning, content, re.DOTALL):
            return look_into(content)
    raise Refusal("file-type-not-allowed", "只接收图片、PDF、Word 文档（.docx）和录音")


def main() -> None:
    """Answer for what comes in by standard input."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(limit, (value, value))
    content = sys.stdin.buffer.read()
    try:
        found, picture = inspect(content)
    except Refusal as refusal:
        found, picture = {"refused": refusal.type, "detail": refusal.detail}, b""
    except (MemoryError, RecursionError):
        detail = "文件太复杂，无法检查，请拆分或重新导出后提交"
        found, picture = {"refused": "file-too-complex", "detail": detail}, b""
    sys.stdout.buffer.write(json.dumps(found).encode() + b"\n" + picture)


if __name__ == "__main__":
    main()
