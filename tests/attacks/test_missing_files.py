"""A file that is gone is called missing: by its name, once, and in words."""

import pytest

from shipworthy_verify.chain import FIXED


@pytest.mark.parametrize("path", FIXED)
def test_a_missing_file_is_named_and_nothing_speaks_of_python(forge, path):
    del forge.files[path]
    result = forge.verify()
    said = [failure.message for failure in result.failures]
    assert not result.ok
    assert said.count(f"`{path}` is missing") == 1
    assert "SV-RECORD" not in {failure.code for failure in result.failures}
    assert not any("Error" in message for message in said)
