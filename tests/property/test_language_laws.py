"""Laws of the language: what is printed reads as what was printed, in every notation."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from full_framework import FULL
from random_documents import documents
from shipworthy.frameworks import FrameworkDocument, framework_ids, load_framework
from shipworthy.frameworks.language import loader, print_framework, yaml_positions
from shipworthy.kernel import digest_bytes

THOROUGH = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def read_text(text: str) -> FrameworkDocument:
    data = text.encode()
    return loader.read_document(yaml_positions.read_yaml(data, "printed"), digest_bytes(data))


def undigested(document: FrameworkDocument) -> FrameworkDocument:
    return msgspec.structs.replace(document, digest=digest_bytes(b""))


@THOROUGH
@given(documents())
def test_a_document_printed_and_read_is_the_same_document(document):
    text = print_framework(document)
    again = read_text(text)
    assert undigested(again) == undigested(document)
    assert print_framework(again) == text


@pytest.mark.parametrize("name", framework_ids())
def test_a_framework_of_the_library_printed_and_read_is_the_same_document(name):
    document = load_framework(name)
    text = print_framework(document)
    assert undigested(read_text(text)) == undigested(document)
    assert print_framework(read_text(text)) == text


def test_the_example_of_every_key_printed_and_read_is_the_same_document():
    document = read_text(FULL)
    assert undigested(read_text(print_framework(document))) == undigested(document)


def test_printing_does_not_depend_on_where_the_document_was_read(tmp_path):
    file = Path(tmp_path) / "f.yaml"
    file.write_text(FULL)
    assert print_framework(loader.read_framework(file)) == print_framework(read_text(FULL))
