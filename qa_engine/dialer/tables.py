"""Tables as files: which encoding, which delimiter, where the column names are, and every row accounted for."""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from qa_engine.errors import BadInput, Where

# Text that is no GB18030 but decodes as such turns into rare characters; real Chinese tables hardly use them.
MAX_RARE_SHARE = 0.2
JUDGED_CHARACTERS = 200_000  # enough to tell GB18030 from what merely decodes as such
MOST_LINES = 100  # of one record as MySQL escapes it
DELIMITERS = (",", "\t", ";", "|")
_UTF16 = (BOM_UTF16_LE, BOM_UTF16_BE)
_HINT = "请在 Excel 中另存为「CSV UTF-8」后重试"


class BadTable(BadInput):
    """A table of which no row can be read."""

    code = "bad_table"


class BadEncoding(BadTable):
    """A table in an encoding that is none of UTF-8, GB18030 (GBK) and UTF-16 with its byte order mark."""

    code = "bad_encoding"


def _rare(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _utf8_fault(chunks: Iterable[bytes], file: str) -> tuple[int, int] | None:
    """(offset, line) of the first byte that is no UTF-8. Raises `BadEncoding` for binary files."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    read = lines = 0
    fault: tuple[int, int] | None = None
    for chunk in chunks:
        if b"\0" in chunk:
            raise BadEncoding(
                "表格是二进制文件,或者是没有字节顺序标记的 UTF-16,需要 UTF-8 或 GB18030",
                hint=_HINT,
                where=Where(file),
            )
        if fault is None:
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                place = error.start - pending
                fault = (read + place, lines + chunk.count(b"\n", 0, max(place, 0)) + 1)
        read += len(chunk)
        lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        fault = fault or (read, lines + 1)
    return fault


def _is_utf16(chunks: Iterable[bytes], file: str) -> bool:
    """Whether it is what Excel saves as "Unicode text": UTF-16 behind a byte order mark. Raises `BadEncoding` for a
    file that begins so and is something else."""
    decoder = codecs.getincrementaldecoder("utf-16")()
    begun = b""
    for chunk in chunks:
        begun += chunk[: 2 - len(begun)]
        if len(begun) == len(BOM_UTF16_LE) and begun not in _UTF16:
            return False
        try:
            nulls = "\0" in decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise BadEncoding(
                "开头像 UTF-16,后面却不是,文件可能损坏", hint=_HINT, where=Where(file)
            ) from error
        if nulls:
            raise BadEncoding("表格是 UTF-32 编码或二进制文件,需要 UTF-8", hint=_HINT, where=Where(file))
    if len(begun) < len(BOM_UTF16_LE):
        return False
    if decoder.getstate()[0]:
        raise BadEncoding("UTF-16 的最后一个字不完整,文件可能被截断", hint=_HINT, where=Where(file))
    return True


def _check_gb18030(chunks: Iterable[bytes], fault: tuple[int, int], file: str) -> None:
    decoder = codecs.getincrementaldecoder("gb18030")()
    foreign: list[str] = []
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            if len(foreign) < JUDGED_CHARACTERS and not text.isascii():
                foreign += [character for character in text if not character.isascii()]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise BadEncoding(
            f"编码无法识别(第 {fault[0]} 字节处),需要 UTF-8 或 GB18030",
            hint=_HINT,
            where=Where(file, fault[1]),
        ) from error
    unassigned = any(unicodedata.category(character) in {"Co", "Cn", "Cc"} for character in foreign)
    if unassigned or sum(map(_rare, foreign)) > MAX_RARE_SHARE * len(foreign):
        raise BadEncoding("编码既不是 UTF-8,也不像 GB18030", hint=_HINT, where=Where(file))


def table_encoding(chunks: Callable[[], Iterable[bytes]], *, file: str) -> str:
    """`utf-8` (with or without BOM), `utf-16` (with BOM) or `gb18030`; `chunks` gives the file's bytes anew at each
    call, so that a large file need not fit into memory. Raises `BadEncoding`."""
    if _is_utf16(chunks(), file):
        return "utf-16"
    fault = _utf8_fault(chunks(), file)
    if fault is None:
        return "utf-8"
    _check_gb18030(chunks(), fault, file)
    return "gb18030"


def python_codec(encoding: str) -> str:
    """The codec that reads it without its byte order mark."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def decode_table(data: bytes, *, file: str) -> tuple[str, str]:
    """(text, encoding) of a table in UTF-8, UTF-16 with BOM or GB18030. Raises `BadEncoding`."""
    encoding = table_encoding(lambda: (data,), file=file)
    return data.decode(python_codec(encoding)), encoding


class _Lines:
    """Physical lines, remembering those of the record that is being read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        """Puts lines in front of those that are still to come."""
        self._lines = chain(lines, self._lines)


def delimiter_of(line: str) -> str:
    """The delimiter that occurs most in a line outside quotes; a comma where there is none."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def split_rows(lines: Iterable[str], *, delimiter: str | None = None) -> Iterator[list[str]]:
    """The rows of a delimited file; blank lines are none. Where a record has not the width of the first, it is read
    once more as MySQL writes it. A quote that is never closed would swallow the rows after it: where quotes do not come
    in pairs, or a record of several lines has not the width of the first, each of its lines is read as a row of its own."""
    source = _Lines(line for line in lines if line.strip())
    first = next(source, None)
    if first is None:
        return
    delimiter = delimiter or delimiter_of(first)
    source.give_back([first])
    width = 0
    for record in _records(source, delimiter):
        taken, cells = source.taken, record
        complete = bool(record) and (len(record) == width if width else not _goes_on(taken[-1]))
        if not complete and any("\\" in line for line in taken):
            cells = _escaped(source, delimiter, width) or record
        if cells is record and (not cells or (len(taken) > 1 and len(cells) != width)):
            for line in taken:
                yield next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        else:
            width = width or len(cells)
            yield cells


def _goes_on(line: str) -> bool:
    """Whether MySQL would take the next line for a part of this one: it ends in a backslash that none escapes."""
    bare = line.rstrip("\r\n")
    return (len(bare) - len(bare.rstrip("\\"))) % 2 == 1


def _escaped(source: _Lines, delimiter: str, width: int) -> list[str] | None:
    """The record that begins in the lines just taken, as `SELECT … INTO OUTFILE` writes it: a backslash before what
    would end a cell or a row, and N after one for NULL. None, and nothing more is taken, where that is no row either."""
    taken, lines = source.taken, list(source.taken)
    while len(lines) < MOST_LINES and _goes_on(lines[-1]) and (line := next(source, None)) is not None:
        lines.append(line)
    empty = re.compile(rf"(?:^|(?<={re.escape(delimiter)}))\\N(?={re.escape(delimiter)}|[\r\n]|$)")
    rows = csv.reader(
        [empty.sub("", line) for line in lines],
        delimiter=delimiter,
        escapechar="\\",
        strict=True,
        skipinitialspace=True,
    )
    try:
        found = list(rows)
    except csv.Error:
        found = []
    if len(found) == 1 and len(found[0]) == (width or len(found[0])):
        source.taken = lines
        return found[0]
    source.give_back(lines[len(taken) :])
    source.taken = taken
    return None


def _records(source: _Lines, delimiter: str) -> Iterator[list[str]]:
    """Records, with the lines of each in `source.taken`; an empty one where its quotes do not come in pairs."""
    reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        source.taken = []
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = []
        if cells is None:
            return
        yield cells


def names(cells: Sequence[str]) -> tuple[str, ...]:
    """Column names as they are compared: trimmed, lower case, without a byte order mark."""
    return tuple(cell.replace("\ufeff", "").strip().strip("`").strip().lower() for cell in cells)
