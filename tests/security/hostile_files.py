"""Files made to do harm: what each is, and what must become of it.

A problem's type for what is refused; SHOWN for a picture that is drawn anew; KEPT for what is kept
and only taken away as a nameless download.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from tests.stories.files import jpeg

MARK = b"HOSTILEPAYLOAD"
SHOWN, KEPT = "shown", "kept"
NO_TYPE, DAMAGED, UNSAFE = "file-type-not-allowed", "file-damaged", "file-unsafe"
COMPLEX, LARGE = "file-too-complex", "picture-too-large"

SCRIPT = b"<script>alert('" + MARK + b"')</script>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
PHP = b"<?php system($_GET['c']); /*" + MARK + b"*/ ?>"
ELF, EXE = b"\x7fELF" + bytes(64) + MARK, b"MZ\x90\x00" + bytes(64) + MARK
EICAR_LIKE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + MARK


def picture(form: str, size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "olive").save(out, form, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(pixels))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")


def moving(form: str) -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


def pdf(**catalogue: object) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    for name, value in catalogue.items():
        writer.root_object[NameObject(f"/{name}")] = value
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def names(**pairs: object) -> DictionaryObject:
    found = {
        NameObject(f"/{key}"): NameObject(f"/{value}") if isinstance(value, str) else value
        for key, value in pairs.items()
    }
    return DictionaryObject(found)


def script() -> TextStringObject:
    return TextStringObject(f"app.alert('{MARK.decode()}')")


def locked_pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("x", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream_pdf() -> bytes:
    """A script in a stream that the catalogue points at."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    code = DecodedStreamObject()
    code.set_data(MARK)
    action = names(S="JavaScript")
    action[NameObject("/JS")] = writer._add_object(code)
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def spelled_pdf() -> bytes:
    """The same words, spelled with escapes."""
    return pdf(OpenAction=names(S="Named")).replace(b"/Named", b"/J#61vaScript")


CONTENT_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    b'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
)
DOCUMENT = b"<w:document><w:body><w:p>x</w:p></w:body></w:document>"


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    return (
        '<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/'
        f'2006/relationships/{kind}" Target="{target}" TargetMode="{mode}"/></Relationships>'
    ).encode()


def docx(**parts: bytes) -> bytes:
    """A document with these parts beside its own; `__` in a name stands for a slash, `_` a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "[Content_Types].xml": CONTENT_TYPES, "word/document.xml": DOCUMENT,
            **{n.replace("__", "/").replace("_", "."): c for n, c in parts.items()},
        }.items():  # fmt: skip
            archive.writestr(name, content)
    return out.getvalue()


def archive(names_: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in names_.items():
            made.writestr(name, content)
    return out.getvalue()


def texts(*, packed: int = 0) -> bytes:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", SCRIPT.decode(), zip=False)
    if packed:
        told.add_text("Comment", "x" * packed, zip=True)
    return picture("PNG", pnginfo=told)


def spoilt(content: bytes, seed: int) -> bytes:
    chance, made = random.Random(seed), bytearray(content)
    for _ in range(40):
        made[chance.randrange(20, len(made))] = chance.randrange(256)
    return bytes(made)


def hostile() -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes, what must become of it."""
    yield from pretenders()
    yield from polyglots()
    yield from bombs()
    yield from broken()
    yield from papers()
    yield from documents()
    yield from recordings()


def pretenders() -> Iterator[tuple[str, bytes, str]]:
    for name, content in {
        "html": HTML, "html after blanks": b"\n\n  " + HTML, "svg": SVG,
        "svg with a prolog": b'<?xml version="1.0"?>' + SVG, "xml with entities":
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', "javascript": SCRIPT,
        "php": PHP, "shell": b"#!/bin/sh\nrm -rf /\n", "an elf program": ELF, "an exe": EXE,
        "a shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + MARK, "a batch": b"@echo off\r\n" + MARK,
        "a test virus": EICAR_LIKE, "a gif with a script": b"GIF89a/*" + SCRIPT + b"*/=0;",
        "a gif": picture("GIF"), "a bmp": picture("BMP"), "a tiff": picture("TIFF"),
        "an icon": picture("ICO"), "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n" + MARK,
        "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "a movie":
        b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "rtf": b"{\\rtf1{\\object" + MARK,
        "an old doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "gzip": b"\x1f\x8b\x08\x00",
        "rar": b"Rar!\x1a\x07\x00", "7z": b"7z\xbc\xaf\x27\x1c", "mhtml": b"MIME-Version: 1.0\n",
        "nothing": b"", "one byte": b"\xff", "blanks": b" " * 4000, "zeros": bytes(4000),
        "a pdf behind a page": HTML + b"%PDF-1.4",
    }.items():  # fmt: skip
        yield name, content, NO_TYPE


def polyglots() -> Iterator[tuple[str, bytes, str]]:
    whole = jpeg()
    yield "a jpeg that says where it was taken", whole, SHOWN
    yield "a jpeg with php behind it", whole + PHP, SHOWN
    yield "a jpeg with an archive behind it", whole + archive({"x.html": HTML}), SHOWN
    yield "a jpeg with a page in its comment", picture("JPEG", comment=HTML), SHOWN
    yield "a jpeg with a profile of scripts", picture("JPEG", icc_profile=SCRIPT * 9), SHOWN
    yield "a jpeg with xmp", picture("JPEG", xmp=SVG), SHOWN
    yield "a png with a script in its text", texts(), SHOWN
    yield "a png with a program behind it", picture("PNG") + EXE, SHOWN
    yield "a png with a chunk of its own", png(2, 1, bytes(3), chunk(b"evIl", SVG)), SHOWN
    yield "a webp with exif", picture("WEBP", exif=b"Exif\x00\x00" + SCRIPT), SHOWN
    yield "a pdf with a page behind it", pdf() + HTML, KEPT


def bombs() -> Iterator[tuple[str, bytes, str]]:
    yield "a png of 3,600 million pixels", png(60_000, 60_000, b""), LARGE
    yield "a png of 51 million pixels", png(17_000, 3_000, bytes(17_001 * 3_000)), LARGE
    yield "a png as long as a street", png(1_000_000, 1, bytes(1_000_001)), LARGE
    yield "a png of negative size", png(0x80000001, 1, b""), LARGE
    yield "a png with packed text of 90 MB", texts(packed=90_000_000), DAMAGED
    yield "a png without lines", png(8_000, 6_000, b""), DAMAGED
    yield "a moving png", moving("PNG"), NO_TYPE
    yield "a moving webp", moving("WEBP"), NO_TYPE
    stretched = bytearray(picture("JPEG"))
    at = stretched.index(b"\xff\xc0") + 5
    stretched[at : at + 4] = struct.pack(">HH", 65_500, 65_500)
    yield "a jpeg that says 4,290 million pixels", bytes(stretched), LARGE
    yield "a document that unpacks to a gigabyte", docx(word__x_xml=bytes(70_000_000)), COMPLEX
    yield (
        "a document of 2,000 parts",
        docx(**{f"word__p{n}_xml": b"<x/>" for n in range(2_000)}),
        COMPLEX,
    )
    inner = archive({"x": bytes(5_000_000)})
    yield "an archive of archives", archive({f"{n}.zip": inner for n in range(50)}), NO_TYPE


def broken() -> Iterator[tuple[str, bytes, str]]:
    for form in ("JPEG", "PNG", "WEBP"):
        whole = picture(form, (400, 300))
        yield f"half a {form}", whole[: len(whole) // 2], DAMAGED
        yield f"only the head of a {form}", whole[:24], DAMAGED
    yield "a pdf cut off", pdf()[:200], DAMAGED
    yield "only the head of a pdf", b"%PDF-1.7\n", DAMAGED
    yield "an archive cut off", docx()[:120], DAMAGED
    yield "a png with a wrong check sum", spoilt(picture("PNG", (300, 200)), 3), DAMAGED


def papers() -> Iterator[tuple[str, bytes, str]]:
    yield "a pdf", pdf(), KEPT
    act = names(S="JavaScript", JS=script())
    yield "a pdf with a script", pdf(OpenAction=act), UNSAFE
    yield "a pdf with a script in a stream", stream_pdf(), UNSAFE
    yield "a pdf with a script spelled oddly", spelled_pdf(), UNSAFE
    yield (
        "a pdf with scripts by name",
        pdf(Names=names(JavaScript=names(Names=ArrayObject()))),
        UNSAFE,
    )
    yield "a pdf that starts a program", pdf(OpenAction=names(S="Launch", F=script())), UNSAFE
    yield "a pdf that sends a form", pdf(OpenAction=names(S="SubmitForm")), UNSAFE
    yield "a pdf that opens another", pdf(OpenAction=names(S="GoToR")), UNSAFE
    yield (
        "a pdf with a file in it",
        pdf(Names=names(EmbeddedFiles=names(Names=ArrayObject()))),
        UNSAFE,
    )
    yield "a pdf with an old form", pdf(AcroForm=names(XFA=ArrayObject([script()]))), UNSAFE
    yield "a pdf with a film", pdf(Extra=names(Subtype="RichMedia")), UNSAFE
    yield "a pdf with actions far in", pdf(AA=names(WC=names(Next=ArrayObject([act])))), UNSAFE
    yield "a pdf with a password", locked_pdf(), UNSAFE
    yield "a pdf without pages", pdf().replace(b"/Kids", b"/Kid5"), COMPLEX


def documents() -> Iterator[tuple[str, bytes, str]]:
    yield "a document", docx(), KEPT
    link = relation("hyperlink", "https://example.org/")
    yield "a document with a link", docx(word___rels__document_xml_rels=link), KEPT
    yield "a document with macros", docx(word__vbaProject_bin=MARK), UNSAFE
    yield "a document that says it has macros", docx(customXml__item_xml=b"macroEnabled"), UNSAFE
    yield "a document with a control", docx(word__activeX__activeX1_xml=b"<ax/>"), UNSAFE
    yield "a document with a program in it", docx(word__embeddings__oleObject1_exe=EXE), UNSAFE
    yield (
        "a document with entities",
        docx(word__x_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"),
        UNSAFE,
    )
    wide = "<!DOCTYPE x [<!ENTITY a 'b'>]>".encode("utf-16")
    yield "a document with wide entities", docx(word__x_xml=wide), UNSAFE
    for kind in ("attachedTemplate", "oleObject", "image", "frame"):
        outside = relation(kind, "https://example.org/x")
        yield (
            f"a document that fetches its {kind}",
            docx(word___rels__settings_xml_rels=outside),
            UNSAFE,
        )
    yield (
        "a document that leaves its folder",
        archive({"word/document.xml": DOCUMENT, "../../etc/cron.d/x": MARK}),
        UNSAFE,
    )
    yield "a document with a part twice", twice(), NO_TYPE
    yield "a table", archive({"xl/workbook.xml": b"<workbook/>"}), NO_TYPE
    yield "an app", archive({"META-INF/MANIFEST.MF": MARK, "a.class": b"\xca\xfe"}), NO_TYPE


def twice() -> bytes:
    """Two readers may take different ones of two parts with one name."""
    one = docx(word__documenT_xml=MARK)
    return one.replace(b"word/documenT.xml", b"word/document.xml")


def recordings() -> Iterator[tuple[str, bytes, str]]:
    yield "a page that begins like a recording", b"ID3" + HTML, KEPT
    yield "a page that begins like a short one", b"#!AMR\n" + HTML, KEPT
    yield "a wave that is none", b"RIFF\x00\x00\x00\x00WAVE" + HTML, DAMAGED
    yield "a riff of another kind", b"RIFF\x00\x00\x00\x00AVI " + MARK, NO_TYPE


UNSEEN = (
    "照片\u202egpj.exe", "a\x00.jpg", "a\r\nset-cookie: x", "\u2066x\u2069", "\x1b[2J", "\u200b",
    "\ufeff标题", "\ud800", "x" * 101,
)  # fmt: skip
"""Titles that are not what they look like, or not storable."""

PATHS = ("../../etc/passwd", "..\\..\\windows\\x.exe", "<img src=x onerror=alert(1)>", "=1+1")
"""Titles that would do harm as the name of a file, a page or a cell. Here they are text."""
