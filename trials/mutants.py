"""Which changes are tried: one operator, constant or condition of the source, chosen by the source itself.

Every place that could be changed is a candidate; a hash of file name, code line and change puts them in order, and the
first ones are taken, at most one of a line. So the choice neither depends on chance nor moves when lines are added
above. What changes no behaviour by construction is no candidate, by the rules in `_Candidates` and `_sql`. Where the
rules stand they were fixed before the first run: they are never changed because of what was noticed.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_RECKONED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
}
_SETS: dict[type[ast.operator], tuple[str, str]] = {
    ast.BitOr: ("|", "&"),
    ast.BitAnd: ("&", "|"),
    ast.BitXor: ("^", "|"),
}
_GIVES_A_NUMBER = {"len", "sum", "int", "float", "round", "max", "min", "abs"}
_WORDS = {"block": "warn", "warn": "block"}
_IN_SQL = (
    (r"(?<=\s)<(?=\s)", "<="),
    (r"(?<=\s)<=(?=\s)", "<"),
    (r"(?<=\s)>(?=\s)", ">="),
    (r"(?<=\s)>=(?=\s)", ">"),
    (r"(?<=\s)<>(?=\s)", "="),
    (r"\band\b", "or"),
    (r"\bor\b", "and"),
    (r"\bis not null\b", "is null"),
    (r"\bis null\b", "is not null"),
    (r"\bnot in\b", "in"),
    (r"(?<=\s)\+(?=\s)", "-"),
    (r"(?<=\s)-(?=\s)", "+"),
    (r"(?<=\s)(?<!select )(?<!distinct )\*(?=\s)", "/"),
    (r"(?<=\s)/(?=\s)", "*"),
    (r"\bleft join\b", "inner join"),
    (r"\bleast\b", "greatest"),
    (r"\bgreatest\b", "least"),
    (r"\bcount\(distinct\b", "count("),
    (r"\bdesc\b", "asc"),
    (r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])", ""),
)
# no code of a model: comments, texts, types and their digits, the other engine's macros; `and` that only closes a range
_NOT_SQL = re.compile(
    r"\{#.*?#\}|--[^\n]*|'[^'\n]*'|\bdecimal\(\d+, \d+\)|\{% macro spark__.*?endmacro %\}|\bbetween\b\s+[^\n]*?\band\b",
    re.S,
)


@dataclass(frozen=True)
class Mutant:
    """One change of one file: characters `start` to `end` become `new`; `path` is relative to the tree."""

    path: str
    line: int
    code: str
    start: int
    end: int
    old: str
    new: str
    is_declared: bool = False

    def applied(self, text: str) -> str:
        """The file with the change in it."""
        return text[: self.start] + self.new + text[self.end :]

    @property
    def rank(self) -> str:
        """What puts the candidates in order; a file that moves to another folder keeps its place."""
        return hashlib.sha256(f"{Path(self.path).name}\n{self.code}\n{self.old}\n{self.new}".encode()).hexdigest()


@dataclass(frozen=True)
class Declared:
    """A change that must be among those tried: `pattern` occurs once in the folder, with the part to change as group 1."""

    pattern: str
    new: str


def chosen(tree: Path, folder: str, count: int, declared: tuple[Declared, ...] = ()) -> list[Mutant]:
    """The declared mutants of a folder and `count` more; raises LookupError if a declared place is not there once."""
    texts = {
        path.relative_to(tree).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted((tree / folder).rglob("*"))
        if path.suffix in (".py", ".sql") and "tests" not in path.relative_to(tree).parts
    }
    named = [_declared(texts, one) for one in declared]
    taken = {(mutant.path, mutant.line) for mutant in named}
    more: list[Mutant] = []
    candidates = [mutant for path, text in texts.items() for mutant in mutants(path, text)]
    for mutant in sorted(candidates, key=lambda one: (one.rank, one.start)):
        if len(more) < count and (mutant.path, mutant.line) not in taken:
            taken.add((mutant.path, mutant.line))
            more.append(mutant)
    return sorted([*named, *more], key=lambda one: (one.path, one.start))


def mutants(path: str, text: str) -> list[Mutant]:
    """Every candidate of one file of Python or SQL."""
    found = _sql(text) if path.endswith(".sql") else _Candidates(text).changes
    return [_mutant(path, text, start, end, new) for start, end, new in found]


def _mutant(path: str, text: str, start: int, end: int, new: str, is_declared: bool = False) -> Mutant:
    line = text.count("\n", 0, start) + 1
    code = text.splitlines()[line - 1].strip()
    return Mutant(path, line, code, start, end, " ".join(text[start:end].split()), new, is_declared)


def _declared(texts: dict[str, str], one: Declared) -> Mutant:
    found = [(path, match) for path, text in texts.items() for match in re.finditer(one.pattern, text)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} places fit {one.pattern!r}, one is needed. Mend trials/mutations.py.")
    [(path, match)] = found
    return _mutant(path, texts[path], *match.span(1), one.new, is_declared=True)


def _number(literal: str) -> str:
    """Another number: one more below ten, ten times from there on, decimals twice; a file mode lets everybody in."""
    if literal.startswith("0o"):
        return "0o777"
    if not literal.isdigit():
        return f"{float(literal) * 2 or 1:g}"
    number = int(literal)
    return str(number + 1 if number < 10 else number * 10)


def _sql(text: str) -> Iterator[tuple[int, int, str]]:
    code = _NOT_SQL.sub(lambda match: re.sub(r"\S", "\0", match.group()), text)
    for pattern, new in _IN_SQL:
        for match in re.finditer(pattern, code):
            yield *match.span(), new or _number(match.group())


class _Candidates(ast.NodeVisitor):
    """Changes of one Python file as (start, end, new text).

    Passed over: annotations, decorators, f-strings and what is raised (texts for people), asserts and TYPE_CHECKING
    (for the type checker), `__repr__`, indents of JSON; arithmetic on what is no number, because its change is an
    error of type and not another figure; unions of types outside functions.
    """

    def __init__(self, text: str) -> None:
        self.changes: list[tuple[int, int, str]] = []
        self._text = text
        # columns of the syntax tree count bytes
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._source = text.splitlines(keepends=True)
        self._depth = 0
        self.visit(ast.parse(text))

    def _at(self, line: int, column: int) -> int:
        return self._lines[line - 1] + len(self._source[line - 1].encode()[:column].decode())

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self._at(node.lineno, node.col_offset), self._at(node.end_lineno, node.end_col_offset)

    def _replace(self, node: ast.expr, new: str) -> None:
        self.changes.append((*self._span(node), new))

    def _between(self, left: ast.expr, right: ast.expr, pattern: str, new: str) -> None:
        begin, end = self._span(left)[1], self._span(right)[0]
        match = re.search(pattern, self._text[begin:end])
        if match and "#" not in self._text[begin:end]:
            self.changes.append((begin + match.start(), begin + match.end(), new))

    def _negate(self, test: ast.expr) -> None:
        if isinstance(test, ast.Name | ast.Attribute | ast.Call):
            start, end = self._span(test)
            self._replace(test, f"not {self._text[start:end]}")

    def visit_If(self, node: ast.If) -> None:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return
        self._negate(node.test)
        self.generic_visit(node)

    def visit_While(self, node: ast.While) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self._negate(test)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
            pattern, new = _COMPARED[type(operator)]
            self._between(left, right, pattern, new)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, rf"\b{old}\b", new)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if any(_is_number(side) for side in (node.left, node.right)) and type(node.op) in _RECKONED:
            old, new = _RECKONED[type(node.op)]
            self._between(node.left, node.right, re.escape(old), new)
        if self._depth and type(node.op) in _SETS:
            old, new = _SETS[type(node.op)]
            self._between(node.left, node.right, re.escape(old), new)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start, end = self._span(node.operand)
            self._replace(node, f"({self._text[start:end]})")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            start, end = self._span(node)
            self._replace(node, _number(self._text[start:end]))
        elif isinstance(node.value, str) and node.value in _WORDS:
            self._replace(node, f'"{_WORDS[node.value]}"')

    def visit_Return(self, node: ast.Return) -> None:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool):
            self._replace(node.value, str(not node.value.value))
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name == "__repr__":
            return
        self._depth += 1
        for child in (*node.args.defaults, *(default for default in node.args.kw_defaults if default), *node.body):
            self.visit(child)
        self._depth -= 1

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            self.visit(node.value)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "indent":
            self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_Assert(self, node: ast.Assert) -> None:
        pass


def _is_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _GIVES_A_NUMBER
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)
