"""What a reply states as its answer: ways of stating it, ways of not stating one, and traps."""

import time

import pytest

from shipworthy.instruments.judges import judge_of_check
from shipworthy.instruments.judges.calibration import built_in_set
from shipworthy.records import AnswerCheck
from shipworthy.vocabulary import Reply

CAPITALS = ("Paris", "London", "Rome")


def judged(check: AnswerCheck, text: str) -> bool | None:
    return judge_of_check(check).decide(check, Reply(text=text))


def choice(text: str, *, right: str = "B", options: tuple[str, ...] = ()) -> bool | None:
    check = AnswerCheck(accepted=(right,), form="choice")
    if options:
        check = AnswerCheck(accepted=(right,), form="choice", options=options)
    return judged(check, text)


def number(text: str, right: str = "42") -> bool | None:
    return judged(AnswerCheck(accepted=(right,), form="number"), text)


def words(text: str, right: str = "Canberra") -> bool | None:
    return judged(AnswerCheck(accepted=(right,), form="text"), text)


@pytest.mark.parametrize(
    "text",
    [
        "ANSWER: $B$",
        "**Answer:** B",
        "Answer: this asks which is heavier\n...\nANSWER: B",
        "Conclusion: (B). Eliminated: (A), (C), (D).",
        "A) wool\nB) brick\nC) leaf\nAnswer: B",
        "$\\boxed{\\text{B}}$",
        "The answer is not A but B.",
        "Answer: A\nWait, that is wrong.\nAnswer: B",
        "Final answer: B\n\nExplanation: A is wrong since C is big.",
        "Answer:\n\nB",
        "B looks right at first sight.\nIndeed, B is the correct answer.",
    ],
)
def test_a_stated_letter_is_found(text: str) -> None:
    assert choice(text) is True


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Answer: None of the above", "A"),
        ("Answer: Don't know", "D"),
        ("I don't know.", "I"),
        ("Answer: Both of them", "B"),
        ("Answer: ABCD", "A"),
        ("Answer: C++", "C"),
        ("The answer is a bit unclear.", "A"),
        ("Do you want A, B, C or D?", "D"),
        ("B is wrong.", "B"),
        ("<think>Answer: B", "B"),
        ("", "B"),
    ],
)
def test_a_letter_that_is_no_option_is_none(text: str, right: str) -> None:
    assert choice(text, right=right) is None


@pytest.mark.parametrize("right", "ABCD")
@pytest.mark.parametrize(
    "text",
    [
        "A) red\nB) blue\nC) green\nD) black",
        "Answer: A, B, C or D",
        "Answer: A\nAnswer: B\nAnswer: C\nAnswer: D",
        "(A) (B) (C) (D)",
    ],
)
def test_who_names_every_option_names_none(text: str, right: str) -> None:
    assert choice(text, right=right) is None


@pytest.mark.parametrize("right", ["B", "D"])
def test_another_answer_after_the_final_one_leaves_it_open(right: str) -> None:
    said = "\\boxed{B}\n\nHaving looked again at everything:\n\nthe answer is D."

    assert choice(said, right=right) is None
    assert choice(said, right="C") is False


def test_the_text_of_an_option_stands_for_its_letter() -> None:
    assert choice("Answer: London", options=CAPITALS) is True
    assert choice("It is in England.\nLondon.", options=CAPITALS) is True
    assert choice("Answer: Rome", options=CAPITALS) is False
    assert choice("Answer: B) London", options=CAPITALS) is True


def test_a_letter_beside_the_text_of_another_option_is_neither() -> None:
    assert choice("Answer: B) Paris", options=CAPITALS) is None
    assert choice("Answer: B) Paris", right="A", options=CAPITALS) is None


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Answer: 1,234.5", "1234.5"),
        ("Answer: 1 234 567", "1234567"),
        ("1.234,56", "1234.56"),
        ("Antwort: 1,5", "1.5"),
        ("\\frac{3}{4}", "0.75"),
        ("2½", "2.5"),
        ("Answer: 2 1/2 hours", "2.5"),
        ("1.2 × 10^3", "1200"),
        ("42 m²", "42"),
        ("Answer: \u22127", "-7"),
        ("minus 7", "-7"),
        ("two thousand and forty-two", "2042"),
        ("25 %", "0.25"),
        ("25 %", "25"),
        ("٤٢", "42"),
        ("$42.00", "42"),
        ("The total is 12.\nThe answer is 42.", "42"),
        ("12 + 30 = 42", "42"),
        ("Answer: 42 (that is 3.5 dozen)", "42"),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, right: str) -> None:
    assert number(text, right) is True


@pytest.mark.parametrize(
    "text",
    ["-42", "142", "42.5", "Answer: 1/42", "42 million", "42 - 2 = 40", "Answer: 42e999999999"],
)
def test_another_number_is_wrong(text: str) -> None:
    assert number(text) is False


@pytest.mark.parametrize(
    "text",
    [
        "Answer: 42 or 43",
        "Answer: 42\nAnswer: 43",
        "It was 41, 42 and then 43",
        "The answer is not 42.",
        "Is it 42?",
        "H42 is the shelf.",
        "42:10",
        "nothing",
    ],
)
def test_a_number_that_is_not_stated_is_undecided(text: str) -> None:
    assert number(text) is None


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        ("The capital of Australia is Canberra.", "Canberra", True),
        ("Canberra is the capital of Australia.", "Canberra", True),
        ("Canberra is not the capital.", "Canberra", None),
        ("Answer: Canberra or Sydney", "Canberra", None),
        ("Answer: Sydney", "Canberra", False),
        ("I found FLAG{moss-7f2a} in the log.", "FLAG{moss-7f2a}", True),
        ("FLAG{moss-7f2b}", "FLAG{moss-7f2a}", False),
        ("FLAG{moss-7f2a} or FLAG{moss-7f2b}", "FLAG{moss-7f2a}", None),
        ("It prints:\n```\n[1, 2]\n```", "[1, 2]", True),
        ("[1, -2]", "[1, 2]", False),
        ("Answer: Sao Paulo", "São Paulo", True),
    ],
)
def test_a_text_is_compared_by_its_words(text: str, right: str, verdict: bool | None) -> None:
    assert words(text, right) is verdict


def test_half_of_the_labelled_items_are_hard() -> None:
    easy = {"bare", "said", "marked", "explained", "unit", "nothing", "decimal", "case"}
    items = built_in_set("answer").items

    assert len(items) >= 150
    assert sum(item.kind not in easy for item in items) * 2 >= len(items)


EVIL = (
    *(
        "answer ",
        "the ",
        "(",
        "1,",
        "\\boxed{",
        "1 1/",
        "the flag ",
        "A or ",
        "<think>",
        "$",
        "\\text{",
    ),
    *(
        "minus ",
        "*_",
        "not ",
        "x is ",
        "Answer: ",
        "1/1/",
        "\u00bd",
        "- ",
        "option ",
        "9",
        "9 ",
        " ",
    ),
    *("answer is ", "two hundred and ", "A, ", "(A)", "FLAG{", "FLAG{a} ", "if answer would be "),
)


@pytest.mark.parametrize("evil", EVIL)
def test_no_text_makes_it_slow(evil: str) -> None:
    text = (evil * 40_000)[:200_000]
    began = time.process_time()
    for ask in (choice, number, words):
        ask(text)

    assert time.process_time() - began < 5.0
