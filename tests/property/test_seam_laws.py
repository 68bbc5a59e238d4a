"""What an answer is scored beside: the folded end of all that the user said, however it is cut."""

from hypothesis import example, given
from hypothesis import strategies as st

from shipworthy.instruments.safeguards.screening.exchange import PLACES, Looked, seam
from shipworthy.instruments.safeguards.screening.probe import BLOCK
from shipworthy.instruments.safeguards.screening.rules import seen_bytes
from shipworthy.vocabulary import Message, Request

parts = st.text(max_size=9) | st.sampled_from(
    [
        "\u0301" * 700,
        "\u200b" * 130,
        "\ufdfa" * 40,
        "x" * 128,
        "\ud83d",
        "\ude00",
        "Stra\u00dfe " * 30,
    ]
)
said = st.lists(parts, max_size=6).map("".join)


@given(st.lists(said, max_size=3))
@example(["a" * 60 + "\u0301" * 2000 + "b"])
@example([])
def test_the_seam_is_the_end_of_the_whole_view(turns):
    request = Request(messages=tuple(Message(role="user", content=turn) for turn in turns))
    whole = seen_bytes("folded", "\n".join(turns))
    assert seam(request, Looked(PLACES)) == whole[-BLOCK:] + b"\n"
