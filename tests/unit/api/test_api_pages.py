"""The viewer: one page that loads nothing from elsewhere and never takes a text for markup."""

import base64
import hashlib
import importlib.resources
import re

import pytest

from backend.api.pages import policy_for
from backend.domain.snapshot import RIGHT

MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc"
    r"|\beval\b|Function\("
)
ELSEWHERE = re.compile(r"<(?:script|link|img|iframe|object|embed|base|form|meta http)[ -][^>]*=|@import|url\(")
HANDLERS = re.compile(r"<[^>]*\s(?:on[a-z]+|style)\s*=|javascript:")


@pytest.fixture(scope="module")
def page() -> str:
    return (importlib.resources.files("resources") / "evolution_viewer.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (MARKUP, "cell.innerHTML = one.model_output"),
        (MARKUP, "document.write(x)"),
        (ELSEWHERE, '<script src="https://x.example/a.js">'),
        (ELSEWHERE, '<link rel="stylesheet" href="a.css">'),
        (HANDLERS, '<img onerror="x()">'),
    ],
)
def test_what_must_not_be_there_is_found(rule: re.Pattern[str], text: str) -> None:
    assert rule.search(text)


@pytest.mark.parametrize("rule", [MARKUP, ELSEWHERE, HANDLERS])
def test_the_page_holds_nothing_of_it(page: str, rule: re.Pattern[str]) -> None:
    assert rule.findall(page) == []


def test_texts_are_put_in_as_text(page: str) -> None:
    assert "textContent" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)


def test_the_page_counts_the_same_answers_as_right(page: str) -> None:
    assert f"one.similarity >= {RIGHT};" in page


def test_the_policy_lets_the_own_script_run_and_no_other(page: str) -> None:
    policy = policy_for(page)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy


def test_another_script_has_another_policy() -> None:
    assert policy_for("<script>a</script>") != policy_for("<script>b</script>")
