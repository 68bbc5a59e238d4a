"""Laws of the judge of answers: it never crashes, never takes two answers, and sees past markup."""

from hypothesis import given
from hypothesis import strategies as st

from shipworthy.instruments.judges import judge_of_check
from shipworthy.instruments.judges.calibration import built_in_set
from shipworthy.records import AnswerCheck
from shipworthy.vocabulary import Reply

LABELLED = built_in_set("answer").items
WRAPPERS = ("**{}**", "`{}`", "_{}_", "  {}\n", "> {}", "${}$", "<b>{}</b>", "__{}__", "\n\n{}\n\n")
FORMS = st.sampled_from(["choice", "number", "text"])
SCRAPS = st.sampled_from(
    (
        *(
            "answer",
            "Answer:",
            " is ",
            "B",
            "(C)",
            "42",
            "1/2",
            "\n",
            "not ",
            "or ",
            "\\boxed{",
            "}",
        ),
        *("=", "####", "1,000", "-7", "%", "a ", "I ", "<think>", "</think>", "$", "FLAG{x}", "A)"),
        *("?", "½"),
    )
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(SCRAPS, max_size=30).map("".join))


def decide(form: str, accepted: str, text: str) -> bool | None:
    check = AnswerCheck(accepted=(accepted,), form=form)  # type: ignore[arg-type] # drawn from forms
    return judge_of_check(check).decide(check, Reply(text=text))


@given(FORMS, TEXTS)
def test_any_text_gets_a_verdict(form: str, text: str) -> None:
    assert decide(form, "B" if form == "choice" else "7", text) in {True, False, None}


@given(TEXTS)
def test_no_text_states_two_options(text: str) -> None:
    assert sum(decide("choice", letter, text) is True for letter in "ABCDEFGHI") <= 1


@given(
    TEXTS.filter(
        lambda text: (
            not any(sign in text.lower() for sign in ("%", "٪", "％", "percent", "per cent", "﹪"))
        )
    )
)
def test_no_text_states_two_numbers(text: str) -> None:
    values = ("42", "7", "-7", "1/2", "1000", "0", "1", "2", "-42", "421", "1/4")

    assert sum(decide("number", value, text) is True for value in values) <= 1


@given(TEXTS)
def test_no_text_states_two_words(text: str) -> None:
    assert sum(decide("text", word, text) is True for word in ("B", "42", "FLAG{x}", "a", "I")) <= 1


@given(st.sampled_from(LABELLED), st.sampled_from(WRAPPERS))
def test_emphasis_around_one_line_changes_nothing(item: object, wrapper: str) -> None:
    check, text = item.check, item.text  # type: ignore[attr-defined] # a labelled item
    assert isinstance(check, AnswerCheck)
    if "\n" in text:
        return
    judge = judge_of_check(check)

    plain = judge.decide(check, Reply(text=text))
    assert judge.decide(check, Reply(text=wrapper.format(text))) == plain


@given(st.sampled_from("ABCDEFGH"), st.sampled_from("ABCDEFGH"), st.sampled_from(WRAPPERS))
def test_the_letter_that_is_stated_is_the_one_that_counts(
    said: str, right: str, wrapper: str
) -> None:
    for shape in ("{}", "({})", "Answer: {}", "The answer is {}.", "I choose {}.", "Option {}"):
        assert decide("choice", right, wrapper.format(shape.format(said))) is (said == right)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_a_number_counts_whatever_separates_its_thousands(said: int, right: int) -> None:
    for shape in (
        f"{said}",
        f"{said:,}",
        f"{said:,}".replace(",", " "),
        f"{said}.0",
        f"= {said:_}",
    ):
        assert decide("number", str(right), f"Answer: {shape}") is (said == right)
        assert decide("number", str(said), f"Answer: {shape}") is True
