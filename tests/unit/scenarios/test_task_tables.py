"""Tables of tasks in the columns of common sets: what is read, refused and published."""

import json
from collections import Counter
from pathlib import Path

import pytest

from shipworthy.instruments.judges import judge_of_check, solved
from shipworthy.instruments.scenarios import ScenarioPack, open_pack
from shipworthy.kernel import Problem, canonical_bytes
from shipworthy.records import AnswerCheck, Scenario
from shipworthy.vocabulary import Reply

KITCHEN = "What boils at 100 degrees?"
LIQUIDS = ["oil", "water", "honey", "milk"]


def lines(folder: Path, *rows: object, name: str = "kitchen.jsonl") -> ScenarioPack:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return open_pack(path)


def table(folder: Path, text: str, name: str = "kitchen.csv") -> ScenarioPack:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return open_pack(path)


def check_of(scenario: Scenario) -> AnswerCheck:
    assert isinstance(scenario.check, AnswerCheck)
    return scenario.check


def refused(folder: Path, row: object) -> str:
    with pytest.raises(Problem) as found:
        lines(folder, row)
    (fault,) = found.value.diagnostics
    assert fault.code == "scenario-invalid"
    assert fault.location is not None
    assert fault.location.line == 1
    return f"{fault.message}; {fault.help}"


@pytest.mark.parametrize(
    "row",
    [
        {"question": KITCHEN, "choices": LIQUIDS, "answer": 1},
        {"question": KITCHEN, "choices": LIQUIDS, "answer": "B"},
        {"question": KITCHEN, "choices": LIQUIDS, "answer": "water"},
        {"question": KITCHEN, "options": LIQUIDS, "answer_index": 1},
        {"question": KITCHEN, "options": "oil|water|honey|milk", "answer": "(B)"},
        {
            "question": KITCHEN,
            "choices": [f"{x}) {y}" for x, y in zip("ABCD", LIQUIDS, strict=True)],
        }
        | {"answer": "B"},
        {
            "question": KITCHEN,
            "choices": {"text": LIQUIDS, "label": list("ABCD")},
            "answerKey": "B",
        },
        {
            "question": KITCHEN,
            "choices": {"text": LIQUIDS, "label": list("1234")},
            "answerKey": "2",
        },
        {"question": KITCHEN, "answers": dict(zip("ABCD", LIQUIDS, strict=True)), "solution": "B"},
        {
            "Question": KITCHEN,
            **dict(zip("ABCD", LIQUIDS, strict=True)),
            "Answer": "b",
            "split": "x",
        },
    ],
)
def test_the_columns_of_common_sets_give_the_same_task(tmp_path: Path, row: object) -> None:
    (scenario,) = lines(tmp_path, row).scenarios
    check = check_of(scenario)

    assert scenario.request == f"{KITCHEN}\nA) oil\nB) water\nC) honey\nD) milk"
    assert (check.accepted, check.form, check.options) == (("B",), "choice", tuple(LIQUIDS))
    assert (scenario.domain, scenario.id) == ("kitchen", "kitchen-0001")


def test_a_csv_of_letters_is_read(tmp_path: Path) -> None:
    text = f'question,A,B,C,D,answer,domain\n"{KITCHEN}",oil,water,honey,milk,B,cooking\n'
    (scenario,) = table(tmp_path, text).scenarios

    assert scenario.domain == "cooking"
    assert check_of(scenario).accepted == ("B",)


@pytest.mark.parametrize(
    "row",
    [
        {"Question": KITCHEN, "Correct Answer": "water", "Subdomain": "liquids"}
        | {f"Incorrect Answer {n}": text for n, text in enumerate(["oil", "honey", "milk"], 1)},
        {"question": KITCHEN, "ideal": "water", "distractors": ["oil", "honey", "milk"]},
    ],
)
def test_options_apart_are_shuffled_by_the_question(tmp_path: Path, row: object) -> None:
    (scenario,) = lines(tmp_path, row).scenarios
    (again,) = lines(tmp_path, row, name="kitchen.jsonl").scenarios
    check = check_of(scenario)
    assert isinstance(check.options, tuple)

    assert check.options["ABCD".index(check.accepted[0])] == "water"
    assert sorted(check.options) == sorted(LIQUIDS)
    assert again == scenario


def test_no_letter_is_right_much_more_often(tmp_path: Path) -> None:
    rows = [
        {"question": f"What is {n} + {n}?", "ideal": f"{2 * n}"}
        | {"distractors": [f"{2 * n + 1}", f"{n}", f"{3 * n + 7}"]}
        for n in range(1, 401)
    ]
    letters = Counter(check_of(one).accepted[0] for one in lines(tmp_path, *rows).scenarios)

    assert set(letters) == set("ABCD")
    assert max(letters.values()) < 140  # 100 expected, standard deviation below 9


@pytest.mark.parametrize(
    ("answer", "accepted", "form"),
    [
        ("She has 40 + 2 = 42 eggs.\n#### 42", "42", "number"),
        ("1,200", "1,200", "number"),
        (42, "42", "number"),
        ("3/4", "3/4", "number"),
        ("two eggs", "two eggs", "text"),
        ("FLAG{kelp}", "FLAG{kelp}", "text"),
    ],
)
def test_a_free_answer_is_a_number_or_a_text(
    tmp_path: Path, answer: object, accepted: str, form: str
) -> None:
    (scenario,) = lines(tmp_path, {"question": "How many?", "answer": answer}).scenarios

    assert check_of(scenario).accepted == (accepted,)
    assert check_of(scenario).form == form
    assert solved(check_of(scenario), f"Answer: {accepted}") is True


def test_a_baseline_of_people_is_kept_only_where_it_stands(tmp_path: Path) -> None:
    told = {"question": "How many?", "answer": "2", "human": 0.65, "humans": "31 cooks, one try"}
    first, second = lines(tmp_path, told, {"question": "How few?", "answer": "1"}).scenarios

    assert (check_of(first).human, check_of(first).humans) == ("0.65", "31 cooks, one try")
    assert b"human" not in canonical_bytes(second)
    assert "belong together" in refused(tmp_path, {"question": "?!", "answer": "2", "human": "0.5"})
    assert "not a share" in refused(
        tmp_path, {"question": "?!", "answer": "2", "human": "65", "humans": "31 cooks"}
    )


def test_a_question_that_occurs_twice_counts_once(tmp_path: Path) -> None:
    row = {"question": "How many?", "answer": "2"}

    assert len(lines(tmp_path, row, row, {**row, "context": "Three."}).scenarios) == 2


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"question": KITCHEN}, "no answer"),
        ({"question": KITCHEN, "choices": LIQUIDS}, "is none of the options"),
        ({"question": KITCHEN, "choices": LIQUIDS, "answer": "E"}, "is none of the options"),
        ({"question": KITCHEN, "choices": LIQUIDS, "answer": 4}, "there are 4"),
        ({"question": KITCHEN, "choices": ["1", "0", "2"], "answer": "1"}, "two ways"),
        ({"question": KITCHEN, "choices": ["oil"], "answer": "A"}, "1 options"),
        ({"question": KITCHEN, "choices": ["oil", "Oil"], "answer": "A"}, "say the same"),
        ({"question": KITCHEN, "distractors": ["oil"]}, "no right one"),
        ({"question": KITCHEN, "answer": "oil", "form": "choice"}, "`choice` has options"),
        ({"question": KITCHEN, "answer": "oil", "form": "number"}, "not a number"),
        ({"question": KITCHEN, "answer": "oil", "form": "colour"}, "not a form"),
        ({"question": KITCHEN, "answre": "oil"}, "did you mean `answer`"),
        ({"question": KITCHEN, "choices": [["oil"], "milk"], "answer": "A"}, "not one of texts"),
        ({"question": ["What?"], "answer": "A"}, "`question` is not a text"),
        ({"question": KITCHEN, "A": "oil", "C": "milk", "answer": "A"}, "from `A` on"),
        ({"question": KITCHEN, "answer": "?!"}, "the judge cannot tell"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_line(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    assert said in refused(tmp_path, row)


def test_nothing_of_a_foreign_task_is_published(tmp_path: Path) -> None:
    (scenario,) = lines(
        tmp_path,
        {"question": KITCHEN, "choices": LIQUIDS, "answer": 1, "human": "0.9", "humans": "9 cooks"},
    ).scenarios
    shown = canonical_bytes(scenario.published).decode()

    assert all(text not in shown for text in [KITCHEN, *LIQUIDS, '"B"'])
    assert '"0.9"' in shown
    assert scenario.published.published == scenario.published
    assert scenario.published.digest == scenario.digest
    assert judge_of_check(scenario.check).decide(scenario.check, Reply(text="B")) is True


def test_the_digest_of_a_letter_says_nothing_without_the_question(tmp_path: Path) -> None:
    rows = [{"question": f"{KITCHEN} {n}", "choices": LIQUIDS, "answer": 1} for n in range(20)]
    sealed = [check_of(one.published).accepted for one in lines(tmp_path, *rows).scenarios]

    assert len(set(sealed)) == len(rows)


def test_another_answer_or_option_is_another_scenario(tmp_path: Path) -> None:
    def digest(choices: list[str], answer: int) -> str:
        (one,) = lines(
            tmp_path, {"question": KITCHEN, "choices": choices, "answer": answer}
        ).scenarios
        return one.published.check.accepted[0]  # type: ignore[union-attr] # an answer check

    assert len({digest(LIQUIDS, 1), digest(LIQUIDS, 2), digest(LIQUIDS[::-1], 1)}) == 3


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_stands_for_a_lacking_answer_is_no_answer(tmp_path, constant):
    path = tmp_path / "kitchen.jsonl"
    path.write_text(f'{{"question": "How hot?", "answer": {constant}}}\n', encoding="utf-8")
    with pytest.raises(Problem, match="not valid JSON"):
        open_pack(path)


def test_numbers_of_json_are_read_as_they_are_written(tmp_path):
    path = tmp_path / "kitchen.jsonl"
    exact = "0.30000000000000000001"
    path.write_text(f'{{"question": "How much?", "answer": {exact}}}\n', encoding="utf-8")
    assert check_of(open_pack(path).scenarios[0]).accepted == (exact,)


def test_a_table_that_is_not_there_is_called_a_file(tmp_path):
    with pytest.raises(Problem, match="no such file"):
        open_pack(tmp_path / "kichen.csv")


def test_a_domain_cannot_have_the_name_of_all_together(tmp_path):
    with pytest.raises(Problem, match="names all domains together"):
        table(tmp_path, "question,answer,domain\nHow many feet has a cat?,4,all\n")
