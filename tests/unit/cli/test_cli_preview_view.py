"""How a row is drawn: by colour where there is one, by brackets where there is none."""

from backend.cli.preview_view import LEARNED_STYLE, SPECIAL_STYLE, figures_of, spelled
from backend.domain.dataset import Fault
from backend.domain.preview import Preview, Span

SEQUENCE = (
    Span(text="<user>", tokens=1, special=True),
    Span(text="a[[b\u200b", tokens=2),
    Span(text="yes\x1b[31m", tokens=2, learned=True),
    Span(text="<end>", tokens=1, learned=True, special=True),
    Span(text="\n", tokens=1),
    Span(text="", tokens=1200, left_out=True),
    Span(text="no", tokens=1, learned=True),
)


def test_brackets_stand_around_each_stretch_that_is_learned() -> None:
    text = spelled(SEQUENCE, coloured=False).plain
    assert text == "<user>a[[b⟨U+200B⟩[[yes⟨ESC⟩[31m<end>]]\n … 1,200 tokens not shown … [[no]]"


def test_colour_marks_what_is_learned_and_what_is_special() -> None:
    text = spelled(SEQUENCE, coloured=True)
    styles = {text.plain[span.start : span.end]: span.style for span in text.spans}
    assert "]]" not in text.plain
    assert styles["yes⟨ESC⟩[31m"] == styles["<end>"] == LEARNED_STYLE
    assert styles["<user>"] == SPECIAL_STYLE
    assert "underline" in LEARNED_STYLE


def test_figures_say_what_is_known_and_leave_out_what_is_not() -> None:
    seen = Preview(
        name="a\u202e.jsonl",
        bytes=1200,
        complete=True,
        rows=2,
        refused=3,
        faults={Fault.TOO_LONG: 1, Fault.FORM: 2},
        bad=(),
        formats={"text": 3},
        duplicates=0,
    )
    assert dict(figures_of(seen)) == {
        "file": "a⟨U+202E⟩.jsonl, 1.2 KB",
        "rows": "2 of 3 (3 text)",
        "refused": "3 lines: 2 not a row that can be read, 1 longer than the longest length",
    }
