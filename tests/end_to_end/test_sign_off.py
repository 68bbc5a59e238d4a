"""From a draft that says go to a decision that stands: keys, signatures, dissent, publication."""

import json
import shutil

import pytest

from assessments import campaign_folder, discreet, gullible, shipworthy
from shipworthy.testing.endpoint import SimulatedEndpoint
from signed_project import FACTS, PEOPLE, Signing, drafted_project, write_go_assessment


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """A project with keys, a finished campaign of a discreet model and a draft that says go."""
    return drafted_project(tmp_path_factory.mktemp("signing"))


@pytest.fixture
def signing(drafted, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(drafted, folder)
    return Signing(folder)


def test_a_go_stands_once_everybody_signed_and_is_published_and_verifies(signing):
    assert signing.run("decision", "show").returncode == 3
    assert signing.sign("safety-lead").returncode == 0
    half = signing.run("decision", "show")
    assert half.returncode == 3
    assert "missing  accountable-executive" in half.stdout
    assert signing.sign("accountable-executive").returncode == 0
    whole = signing.run("decision", "show")
    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "standing go")
    published = signing.run("report")
    assert published.returncode == 0, published.stderr
    bundle = campaign_folder(signing.project) / "bundle"
    verified = shipworthy("verify", bundle)
    assert verified.returncode == 0, verified.stdout
    assert "signed: accountable-executive go, safety-lead go; outstanding: nobody" in (
        verified.stdout
    )


def test_a_go_that_nobody_signed_does_not_exit_as_a_go(tmp_path):
    for role in PEOPLE:
        shipworthy("key", "new", tmp_path / role)
    signing = Signing(tmp_path)
    with SimulatedEndpoint(discreet) as endpoint:
        write_go_assessment(tmp_path, endpoint.url)
        finished = signing.run("assess")
        assert finished.stdout.startswith("GO")
        assert "stands  inconclusive" in finished.stdout
        assert finished.returncode == 3
        signing.sign("safety-lead")
        signing.sign("accountable-executive")
        assert signing.run("assess").returncode == 0
        signing.sign("accountable-executive", "no-go", why="on reflection")
        again = signing.run("assess")
    assert again.returncode == 1
    assert "stands  no-go" in again.stdout


def test_a_dissent_turns_a_go_into_a_no_go(signing):
    signing.sign("safety-lead")
    signing.sign("accountable-executive", "no-go", why="the trial group is too large")
    shown = signing.run("decision", "show")
    assert shown.returncode == 1
    assert "dissent  Ben Example (accountable-executive): the trial group is too large" in (
        shown.stdout
    )


def test_a_dissent_cannot_be_taken_off_the_disk(signing):
    signing.sign("safety-lead")
    signing.sign("accountable-executive")
    signing.sign("accountable-executive", "no-go")
    envelopes = (campaign_folder(signing.project) / "signoffs").glob("accountable-executive-*")
    for path in envelopes:
        if "no-go" in shown_position(path):
            path.unlink()
    for command in (("decision", "show"), ("report",)):
        refused = signing.run(*command)
        assert refused.returncode == 4, refused.stdout
        assert "error[sign-off-altered]" in refused.stderr


def shown_position(path):
    import base64

    payload = json.loads(base64.b64decode(json.loads(path.read_text())["payload"]))
    return payload["predicate"]["position"]


def test_a_signature_over_an_earlier_draft_does_not_carry_over(signing):
    signing.sign("safety-lead")
    signing.sign("accountable-executive")
    text = signing.file.read_text()
    signing.file.write_text(text.replace("seed = 7", "seed = 7\nexpires_days = 30"))
    assert signing.run("decision", "show").returncode == 4
    assert signing.run("decide").returncode == 3
    shown = signing.run("decision", "show")
    assert shown.returncode == 3
    assert shown.stdout.count("signs another draft") == 2
    assert signing.run("report").returncode == 0
    verified = shipworthy("verify", campaign_folder(signing.project) / "bundle")
    assert verified.returncode == 0, verified.stdout
    assert "2 over earlier drafts" in verified.stdout


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"role": "safety-lead", "key": "stranger"}, "sign-key"),
        ({"role": "safety-lead", "key": "accountable-executive"}, "sign-key"),
        ({"role": "safety-lead", "key": "runs/keys/runner.pem"}, "sign-key"),
        ({"role": "safety-lead", "digest": "sha256:" + "0" * 64}, "sign-digest"),
        ({"role": "safety-lead", "digest": "fd139d3a"}, "sign-digest"),
        ({"role": "safety-laed", "key": "safety-lead"}, "sign-role"),
        ({"role": "safety-lead", "why": "  "}, "sign-rationale"),
        ({"role": "safety-lead", "key": "nowhere"}, "key-missing"),
    ],
)
def test_a_signature_that_does_not_fit_is_refused_and_nothing_is_written(signing, changes, code):
    role = changes.pop("role")
    if "key" in changes:
        changes["key"] = signing.folder / changes["key"]
    refused = signing.sign(role, **changes)
    assert refused.returncode == 2
    assert f"error[{code}]" in refused.stderr
    assert not (campaign_folder(signing.project) / "signoffs").exists()


@pytest.fixture(scope="module")
def undecided(tmp_path_factory):
    """A draft that is inconclusive: the fact that the framework asks for is not stated."""
    folder = tmp_path_factory.mktemp("undecided")
    for role in PEOPLE:
        shipworthy("key", "new", folder / role)
    with SimulatedEndpoint(discreet) as endpoint:
        file = write_go_assessment(folder, endpoint.url)
        file.write_text(file.read_text().replace(FACTS, ""))
        shipworthy("evaluate", file, "--project", folder / "runs")
    signing = Signing(folder)
    assert signing.run("decide").returncode == 3
    return signing


def test_nobody_can_sign_an_inconclusive_draft_into_a_go(undecided):
    refused = undecided.sign("safety-lead")
    assert refused.returncode == 2
    assert "a signature cannot turn it into a go" in refused.stderr
    assert undecided.sign("safety-lead", "no-go").returncode == 0
    assert undecided.run("decision", "show").returncode == 1


def test_an_edited_draft_is_neither_shown_nor_signed(signing):
    path = campaign_folder(signing.project) / "decision.json"
    document = json.loads(path.read_text())
    document["expires_at"] = "2999-01-01T00:00:00Z"
    path.write_text(json.dumps(document, sort_keys=True, separators=(",", ":")))
    shown = signing.run("decision", "show")
    assert shown.returncode == 4
    assert "error[decision-altered]" in shown.stderr
    signed = signing.sign("safety-lead", digest="sha256:" + "0" * 64)
    assert signed.returncode == 4
    assert signing.run("decide").returncode == 3
    assert signing.draft["decision"]["expires_at"] < "2999"


def test_a_no_go_draft_that_was_edited_into_a_go_does_not_stand(tmp_path):
    for role in PEOPLE:
        shipworthy("key", "new", tmp_path / role)
    with SimulatedEndpoint(gullible) as endpoint:
        file = write_go_assessment(tmp_path, endpoint.url)
        file.write_text(file.read_text().replace('kind = "output-filter"', LOOSE))
        shipworthy("evaluate", file, "--project", tmp_path / "runs")
    signing = Signing(tmp_path)
    assert signing.run("decide").returncode == 1
    path = campaign_folder(signing.project) / "decision.json"
    path.write_text(path.read_text().replace('"ruling":"no-go"', '"ruling":"go"'))
    assert signing.run("decision", "show").returncode == 4


LOOSE = 'kind = "output-filter"\n[safeguards.options]\nmode = "detect"'
