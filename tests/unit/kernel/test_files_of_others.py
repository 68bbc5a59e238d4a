from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipworthy.kernel import (
    Problem,
    TooLargeError,
    read_bounded,
    read_stream,
    system_reason,
    utf8_text,
)


def test_a_file_of_the_largest_size_is_read(tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"12345678")
    assert read_bounded(file, 8) == b"12345678"
    with pytest.raises(TooLargeError, match="larger than 7 bytes") as caught:
        read_bounded(file, 7)
    assert caught.value.filename == str(file)


def test_of_a_file_without_end_one_byte_more_is_read():
    stream = BytesIO(bytes(100))
    with pytest.raises(TooLargeError):
        read_stream(stream, 10, "-")
    assert stream.tell() == 11


def test_why_a_file_is_not_read_is_said_in_lower_case(tmp_path):
    with pytest.raises(OSError, match="No such file") as caught:
        read_bounded(tmp_path / "none", 1)
    assert system_reason(caught.value) == "no such file or directory"
    assert system_reason(OSError()) == "unknown error"
    with pytest.raises(TooLargeError) as large:
        read_bounded(Path("/dev/zero"), 3)
    assert system_reason(large.value) == "larger than 3 bytes"


@given(st.text())
def test_text_is_read_with_and_without_a_byte_order_mark(text):
    written = text.removeprefix("\ufeff")
    assert utf8_text(written.encode("utf-8"), "f", "scenario-encoding") == written
    assert utf8_text(written.encode("utf-8-sig"), "f", "scenario-encoding") == written


@given(st.lists(st.sampled_from(["a", "ä", "\n"])).map("".join))
def test_the_line_of_the_first_byte_that_is_no_text_is_told(before):
    with pytest.raises(Problem) as caught:
        utf8_text(before.encode() + b"\xff\n\xff", "rows.csv", "scenario-encoding")
    place = f"rows.csv:{before.count(chr(10)) + 1}"
    message = "error[scenario-encoding]: the file is not UTF-8 text\n  help: save it as UTF-8"
    assert caught.value.render() == f"{place}: {message}"
