"""The text form of Microtonic's files, read into structures (facts/supertonic.md, 2.1).

    file := header ':' struct          struct := '{' key ':' value ... '}'
    value := struct | array | text     array  := '{' value ... '}'

Pairs stand apart by line ends, commas, or spaces alone. Versions 1 and 2 have '=' where version 3 has ':'.
One pass over the text, no backtracking, nesting bounded. Every error names its line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deepsteps_live.errors import BadInput

DEEPEST = 16  # structs in structs; files have four
LONGEST = 2_000_000  # characters; files have nineteen thousand


def _tokens(mark: str) -> re.Pattern[str]:
    """The tokens of a file in which `mark` stands between a key and its value."""
    return re.compile(
        rf"""(?P<space>[ \t\r\ufeff]+|//[^\n]*)
          | (?P<mark>[{{}}{mark},\n])
          | (?P<quote>["'])
          | (?P<comment>/\*)
          | (?P<plain>[^\s{{}}{mark},"'](?:[^{{}}{mark},\n/]|/(?![/*]))*)
          | (?P<odd>.)""",
        re.VERBOSE | re.DOTALL,
    )


_COLON, _EQUALS = _tokens(":"), _tokens("=")
_QUOTED = {'"': re.compile(r'[^"\\\n]+|\\.|"|\n', re.DOTALL), "'": re.compile(r"[^'\\\n]+|\\.|'|\n", re.DOTALL)}
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_HEX = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted or plain value."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Array:
    """Values without keys."""

    values: tuple[Node, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Struct:
    """Values by key."""

    values: dict[str, Node]
    line: int


Node = Text | Array | Struct


@dataclass(slots=True)
class _Reader:
    """A place in the text: `kind` and `word` are of the token that stands there.

    Kinds are plain and quoted (texts), mark, odd and end; the mark after a key is ":" in every version.
    """

    text: str
    name: str
    place: int = 0
    line: int = 1
    kind: str = ""
    word: str = ""
    starts: int = 1  # the line of the token
    depth: int = 0
    tokens: re.Pattern[str] = _COLON

    def fail(self, expected: str, line: int = 0) -> BadInput:
        return BadInput(f"{self.name}, line {line or self.starts}: {expected}")

    def step(self) -> None:
        """On to the next token; comments and spaces are none."""
        while True:
            found = self.tokens.match(self.text, self.place)
            self.starts = self.line
            if found is None:
                self.kind, self.word = "end", ""
                return
            self.place, self.kind, self.word = found.end(), str(found.lastgroup), found.group()
            if self.kind == "comment":
                self._comment()
            elif self.kind == "quote":
                self.kind, self.word = "quoted", self._quoted(self.word)
                return
            elif self.kind == "plain":
                self.word = self.word.rstrip()
                return
            elif self.kind != "space":
                self.line += self.word == "\n"
                self.word = ":" if self.word == "=" else self.word
                return

    def at(self, marks: str) -> bool:
        """Whether one of these marks stands here."""
        return self.kind == "mark" and self.word in marks

    def seek(self) -> None:
        """To the next token that is no line end or comma."""
        while self.at(",\n"):
            self.step()

    def _comment(self) -> None:
        depth = 1
        while depth:
            found = _COMMENT_EDGE.search(self.text, self.place)
            if found is None:
                raise self.fail('this comment never ends; "*/" was expected')
            depth += 1 if found.group() == "/*" else -1
            self.line += self.text.count("\n", self.place, found.end())
            self.place = found.end()

    def _quoted(self, quote: str) -> str:
        pieces: list[str] = []
        while found := _QUOTED[quote].match(self.text, self.place):
            self.place = found.end()
            piece = found.group()
            if piece == quote:
                return "".join(pieces)
            if piece == "\n":
                break
            pieces.append(self._escaped(piece) if piece[0] == "\\" else piece)
        raise self.fail(f"this text has no end; a closing {quote} was expected")

    def _escaped(self, piece: str) -> str:
        letter = piece[1]
        if letter not in _HEX:
            return _ESCAPES.get(letter, letter)
        digits = self.text[self.place : self.place + _HEX[letter]]
        self.place += len(digits)
        if not re.fullmatch(r"[0-9A-Fa-f]+", digits) or len(digits) < _HEX[letter] or int(digits, 16) > 0x10FFFF:
            raise self.fail(f"\\{letter} is followed by {_HEX[letter]} hexadecimal digits of a character")
        code = int(digits, 16)
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)


def parse(text: str, name: str, headers: tuple[str, ...]) -> Struct:
    """The struct of a file that opens with one of `headers`, in any case; `name` is what errors call the file."""
    if len(text) > LONGEST:
        raise BadInput(f"{name}, line 1: {len(text)} characters are too many for a file that opens with {headers[0]}")
    reader = _Reader(text, name)
    _header(reader, headers)
    reader.step()
    reader.seek()
    found = _value(reader)
    if not isinstance(found, Struct):
        raise reader.fail('"{" and named values were expected after the header')
    reader.seek()
    if reader.kind != "end":
        raise reader.fail(f"the end of the file was expected, not {_brief(reader)}")
    return found


def _header(reader: _Reader, headers: tuple[str, ...]) -> None:
    """Up to the mark after the header, which shows whether the file has ":" or "="."""
    reader.step()
    reader.seek()
    word, equals, rest = reader.word.partition("=")
    if reader.kind != "plain" or word.strip().casefold() not in {header.casefold() for header in headers}:
        raise reader.fail(f'the header "{headers[0]}:" was expected, not {_brief(reader)}')
    if equals and not rest:
        reader.tokens = _EQUALS
        return
    reader.step()
    if not reader.at(":"):
        raise reader.fail(f'":" was expected after the header, not {_brief(reader)}')


def _value(reader: _Reader) -> Node:
    """The value that starts at the reader's token; the reader moves past it."""
    line = reader.starts
    if reader.kind in ("plain", "quoted"):
        found = Text(reader.word, line)
        reader.step()
        return found
    if not reader.at("{"):
        raise reader.fail(f"a value was expected, not {_brief(reader)}")
    if reader.depth >= DEEPEST:
        raise reader.fail(f"braces nest deeper than {DEEPEST}")
    reader.depth += 1
    reader.step()
    inside = _inside(reader, line)
    reader.depth -= 1
    reader.step()
    return inside


def _inside(reader: _Reader, opened: int) -> Struct | Array:
    """All up to the closing brace. The first item says which it is: with a key a struct, without one an array."""
    keyed: dict[str, Node] = {}
    plain: list[Node] = []
    reader.seek()
    if reader.at(":"):  # {:} is the empty struct
        reader.step()
        reader.seek()
    while not reader.at("}"):
        if reader.kind == "end":
            raise reader.fail(f'the file ends early; a "}}" for the "{{" of line {opened} was expected')
        line, first = reader.starts, _value(reader)
        if reader.at(":"):
            if plain or not isinstance(first, Text):
                raise reader.fail('a value was expected, not ":"')
            _pairs(reader, first.text, keyed)
        elif keyed:
            raise reader.fail(f'":" and a value were expected after {_brief_node(first)}', line)
        else:
            plain.append(first)
        apart = reader.kind == "end" or reader.at(",\n}")
        if not apart and not (keyed and reader.kind in ("plain", "quoted")):
            raise reader.fail(f'a new line, "," or "}}" was expected, not {_brief(reader)}')
        reader.seek()
    return Array(tuple(plain), opened) if plain else Struct(keyed, opened)


def _pairs(reader: _Reader, key: str | None, keyed: dict[str, Node]) -> None:
    """The value of `key`, from the mark before it. In `Length: 16 Chained: false` the plain value has run on
    into the next key: that pair, too."""
    while key is not None:
        reader.step()
        reader.seek()
        runs_on = reader.kind == "plain"
        value = _value(reader)
        words = value.text.rsplit(None, 1) if runs_on and isinstance(value, Text) else []
        following = None
        if reader.at(":"):
            if len(words) < 2:
                raise reader.fail('a value was expected, not ":"')
            value, following = Text(words[0], value.line), words[1]
        keyed[key] = value
        key = following


def _brief(reader: _Reader) -> str:
    if reader.kind == "end":
        return "the end of the file"
    if reader.word == "\n":
        return "the end of the line"
    return _shortened(reader.word)


def _brief_node(node: Node) -> str:
    return _shortened(node.text) if isinstance(node, Text) else "{...}"


def _shortened(text: str) -> str:
    text = ascii(text)[1:-1]
    return f'"{text if len(text) <= 30 else text[:27] + "..."}"'
