import pytest

from shipworthy.frameworks.catalogue import framework_places
from shipworthy.frameworks.language.places import read_places
from shipworthy.kernel import Problem

TEXT = """\
framework: small
clauses:
  - id: first
    source: text
  - source: text
    id: second
fields:
  risk: {levels: [low, high], riskier: up}
rules:
  - id: stop
    requires:
      - id: shown
governance:
  roles:
    lead: {duty: leads}
  elements:
    escalation: {standing: absent}
coverage:
  cyber: {standing: threshold}
lint:
  - {rule: a, reason: b}
  - {rule: c, reason: d}
"""


@pytest.mark.parametrize(
    ("kind", "name", "line", "column"),
    [
        ("framework", "", 1, 1),
        ("clause", "first", 3, 9),
        ("clause", "second", 6, 9),
        ("field", "risk", 8, 3),
        ("rule", "stop", 10, 9),
        ("requirement", "shown", 12, 13),
        ("governance", "", 13, 1),
        ("role", "lead", 15, 5),
        ("element", "escalation", 17, 5),
        ("domain", "cyber", 19, 3),
        ("exemption", "1", 22, 5),
    ],
)
def test_each_thing_has_its_place(tmp_path, kind, name, line, column):
    file = tmp_path / "small.yaml"
    file.write_text(TEXT)
    place = read_places(file)[kind, name]
    assert (place.file, place.line, place.column) == (str(file), line, column)


def test_places_of_a_folder_name_the_file_of_each_thing():
    places = framework_places("starter")
    assert places["clause", "arms"].file.endswith("clauses.yaml")
    assert places["rule", "headroom"].file.endswith("rules.yaml")
    assert places["requirement", "headroom"].line > places["rule", "headroom"].line


def test_an_unknown_framework_has_no_places():
    with pytest.raises(Problem, match="no framework"):
        framework_places("startr")
