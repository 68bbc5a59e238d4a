"""What is said of a file that cannot be read, for every kind of file that people write."""

from pathlib import Path

import pytest

from shipworthy.frameworks import compile_rulebook, load_framework, read_framework
from shipworthy.frameworks.common import common_vocabulary
from shipworthy.frameworks.common.mappings import read_mapping
from shipworthy.frameworks.compare.correspondence.scales import read_scale_maps
from shipworthy.frameworks.obligations.catalogue import read_catalogue
from shipworthy.kernel import Problem

STARTER = compile_rulebook(load_framework("starter"))


READERS = {
    "framework": read_framework,
    "mapping": lambda path: read_mapping(path, STARTER, common_vocabulary()),
    "catalogue": read_catalogue,
    "scale map": read_scale_maps,
}
MISSING = {
    "framework": "{0}: error[framework-unreadable]: cannot read the framework: {1}",
    "mapping": "{0}: error[framework-unreadable]: cannot read the mapping: {1}",
    "catalogue": "{0}: error[framework-unreadable]: cannot read the catalogue: {1}",
    "scale map": "error[compare-scale-map]: cannot read `{0}`: {2}",
}
LARGE = {
    "framework": "{0}: error[framework-unreadable]: larger than 4194304 bytes"
    "\n  help: split the framework",
    "mapping": "{0}: error[framework-unreadable]: larger than 1048576 bytes",
    "catalogue": "{0}: error[framework-unreadable]: cannot read the catalogue: "
    "larger than 1048576 bytes",
    "scale map": "error[compare-scale-map]: `{0}` is larger than any scale map needs",
}


def refusal(kind, path):
    with pytest.raises(Problem) as caught:
        READERS[kind](path)
    return caught.value.render()


@pytest.mark.parametrize("kind", READERS)
def test_what_is_not_there_is_named_with_the_reason(kind, tmp_path):
    place = tmp_path / "one.yaml"
    wanted = MISSING[kind].format(place, "no such file or directory", "No such file or directory")
    assert refusal(kind, place) == wanted


@pytest.mark.parametrize("kind", READERS)
def test_a_file_without_end_is_refused(kind):
    place = Path("/dev/zero")
    assert refusal(kind, place) == LARGE[kind].format(place)
