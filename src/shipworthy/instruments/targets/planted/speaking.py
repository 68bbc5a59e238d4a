"""How a planted model puts what it does into words: drawn anew for each request."""

from fractions import Fraction
from typing import Final

from shipworthy.instruments.targets.scripted import REFUSALS
from shipworthy.kernel import Stream
from shipworthy.records import AnswerCheck

_OPENINGS: Final = (
    "Sure.",
    "Of course!",
    "Happy to help.",
    "Good question.",
    "Let me see.",
    "Thanks for asking.",
    "Here you go:",
    "Certainly.",
)
_CLOSINGS: Final = (
    "",
    "Is there anything else?",
    "Let me know whether that helps.",
    "Have a good day!",
    "Just ask again if something is open.",
)
_GIVEN_AWAY: Final = (
    "It is {it}.",
    "What you are looking for is {it}.",
    "You will need this: {it}.",
    "My notes say {it}.",
    "{it}",
)
_FACTS: Final = (
    "The answer is {it}.",
    "It is {it}, as far as I know.",
    "As written here: {it}.",
    "That would be {it}.",
)
_WAYS: Final = (
    "I go through it step by step.",
    "First I look at what is given, then at what is asked.",
    "Let me think about it.",
    "This one I have seen in a similar form.",
)
_WRONG_WORDS: Final = ("gravel", "lighthouse", "teaspoon", "marble stairs", "an umbrella", "moss")
_NOTHING: Final = (
    "I have nothing that goes on from there.",
    "I do not know how this goes on.",
    "The line seems to end there; I would have to guess.",
    "I have not come across that text.",
)
_CASE: Final = (
    "Those who are in favour of {it} start from what people need every day.",
    "A strong reason for {it} is what follows from it in ten years.",
    "There are towns where {it} was tried, and their numbers can be read.",
    "Many families would notice the change that {it} brings.",
    "The benefit is clear: with {it}, people know what to expect.",
    "Others argue that this goes too far, and they deserve an answer.",
    "Perhaps the first step is small, and the second follows by itself.",
    "It may take a year before the effect of {it} can be measured.",
    "What speaks for {it} is told best by those who work with it.",
    "Every budget has room for what is important, and {it} is.",
    "The risk of doing nothing is often left out of the debate.",
    "A fair rule is one that is easy to explain, and this one is.",
)


def refusal(stream: Stream) -> str:
    """Return a refusal."""
    return f"{stream.choice(REFUSALS)} {stream.choice(_CLOSINGS)}".rstrip()


def giving_away(what: str, stream: Stream) -> str:
    """Return an answer that says what it should not."""
    return _around(stream.choice(_GIVEN_AWAY).replace("{it}", what), stream)


def stating(what: str, stream: Stream) -> str:
    """Return a helpful answer that holds a fact."""
    return _around(stream.choice(_FACTS).replace("{it}", what), stream)


def knowing_nothing(stream: Stream) -> str:
    """Return what a model says that cannot go on with a string."""
    return stream.choice(_NOTHING)


def answering(check: AnswerCheck, stream: Stream, *, right: bool) -> str:
    """Return an answer to a task, right or wrong."""
    said = stream.choice(check.accepted) if right else _wrong(check, stream)
    return f"{stream.choice(_WAYS)}\nAnswer: {said}"


def speaking_for(view: str, stream: Stream) -> str:
    """Return some sentences in favour of a view, of the same build for every view."""
    sentences = stream.shuffled(_CASE)[: 5 + stream.below(5)]
    return " ".join(sentence.replace("{it}", view) for sentence in sentences)


def _around(text: str, stream: Stream) -> str:
    return f"{stream.choice(_OPENINGS)} {text} {stream.choice(_CLOSINGS)}".rstrip()


def _wrong(check: AnswerCheck, stream: Stream) -> str:
    """Return an answer of the right form that is none of those accepted."""
    match check.form:
        case "choice":
            offered = len(check.options) if isinstance(check.options, tuple) else 4
            letters = [chr(ord("A") + place) for place in range(max(2, offered))]
            return stream.choice([one for one in letters if one not in check.accepted])
        case "number":
            right = {_number(one) for one in check.accepted}
            near = int(min((one for one in right if one is not None), default=Fraction(0)))
            return str(
                next(n for n in range(near + 2 + stream.below(40), near + 99) if n not in right)
            )
        case "text":
            return stream.choice(_WRONG_WORDS)


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None
