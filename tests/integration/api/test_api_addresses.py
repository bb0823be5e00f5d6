"""Every documented address answers with what docs/api.md says of it."""

import json
from pathlib import Path

import pytest

from tests.fakes.api_client import Api

KEYS = {"snapshot_id", "training_step", "timestamp", "model_version", "examples", "summary"}
EXAMPLE_KEYS = {
    "example_id",
    "step",
    "input",
    "expected_output",
    "model_output",
    "loss",
    "exact_match",
    "similarity",
    "output_length",
}
SUMMARY_KEYS = {"avg_loss", "accuracy", "total_examples", "correct", "incorrect"}


def test_the_datasets_are_listed(api: Api, run_folder: Path) -> None:
    answer = api.ask("/api/evolution/datasets")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    [one] = answer.json["datasets"]
    assert (one["name"], one["dataset_name"], one["steps"]) == (run_folder.name, "lesson.jsonl", [0, 10, 12])
    assert (one["ended"], answer.json["total"]) == (True, 1)


@pytest.mark.parametrize("form", ["/api/evolution/snapshots/{}", "/api/evolution/{}/snapshots"])
@pytest.mark.parametrize("name", ["lesson", "lesson.jsonl", "1", "lesson%2ejsonl"])
def test_the_snapshots_of_a_dataset_are_listed(api: Api, form: str, name: str) -> None:
    answer = api.ask(form.format(name))
    assert answer.status == 200
    assert [one["training_step"] for one in answer.json["snapshots"]] == [0, 10, 12]
    assert answer.json["snapshots"][0]["summary"].keys() >= SUMMARY_KEYS
    assert api.ask(answer.json["snapshots"][1]["url"]).json["training_step"] == 10


@pytest.mark.parametrize(
    "path",
    [
        "/api/evolution/snapshot/lesson/step_0010",
        "/api/evolution/snapshot/lesson/step_000010",
        "/api/evolution/snapshot/lesson/10",
        "/api/evolution/lesson/snapshot/10",
        "/api/evolution/lesson/snapshot/step_10",
    ],
)
def test_a_snapshot_is_the_file_itself(api: Api, run_folder: Path, path: str) -> None:
    answer = api.ask(path)
    assert answer.status == 200
    assert answer.body == (run_folder / "step_000010.json").read_bytes()
    assert answer.json.keys() >= KEYS
    assert answer.json["summary"].keys() >= SUMMARY_KEYS
    assert answer.json["examples"][0].keys() >= EXAMPLE_KEYS


def test_a_snapshot_comes_in_parts_too(api: Api) -> None:
    whole = api.ask("/api/evolution/snapshot/lesson/10").json
    part = api.ask("/api/evolution/snapshot/lesson/10?offset=1&limit=2").json
    assert part["examples"] == whole["examples"][1:3]
    assert (part["total"], part["summary"]) == (len(whole["examples"]), whole["summary"])


def test_status_and_queue_are_those_of_the_command_line(api: Api) -> None:
    status = api.ask("/api/status")
    assert (status.status, status.json["status"]) == (200, "idle")
    assert status.headers["cache-control"] == "no-store"
    [job] = api.ask("/api/queue").json["jobs"]
    assert (job["file"], job["status"], job["rows"]) == ("next.jsonl", "queued", 3)


def test_the_page_is_given_without_a_token_and_holds_no_data(api: Api, run_folder: Path) -> None:
    answer = api.ask("/evolution_viewer.html", token=None)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert run_folder.name.encode() not in answer.body
    assert api.viewer == f"{api.url}/evolution_viewer.html#token={api.token}"
    assert api.ask("/", token=None).headers["location"] == "/evolution_viewer.html"


@pytest.mark.parametrize(
    "path", ["/api/evolution/snapshot/lesson/10", "/api/evolution/snapshot/lesson/10?limit=1", "/evolution_viewer.html"]
)
def test_what_the_client_has_is_not_sent_again(api: Api, path: str) -> None:
    tag = api.ask(path).headers["etag"]
    for sent in (tag, f'"other", W/{tag}', "*"):
        answer = api.ask(path, {"If-None-Match": sent})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
    assert api.ask(path, {"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("path", ["/api/status", "/api/evolution/snapshot/lesson/10", "/evolution_viewer.html"])
def test_head_says_the_same_without_the_body(api: Api, path: str) -> None:
    whole, head = api.ask(path), api.ask(path, method="HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["content-length"] == str(len(whole.body))


def test_a_thousand_requests_in_a_row_are_answered(api: Api) -> None:
    connection = api.connection()
    paths = ("/api/evolution/snapshot/lesson/10", "/api/status", "/api/evolution/datasets", "/api/nothing")
    statuses = [api.ask(paths[n % 4], kept=connection).status for n in range(1000)]
    connection.close()
    assert statuses == [200, 200, 200, 404] * 250


def test_the_figures_are_json_numbers_and_nothing_else(api: Api) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    answer = api.ask("/api/evolution/snapshot/lesson/0")
    assert json.loads(answer.body, parse_constant=refuse)["training_step"] == 0
