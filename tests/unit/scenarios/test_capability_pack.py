"""The pack of tasks: every answer is found again by another way than the one that wrote it."""

import codecs
import contextlib
import io
import re
from collections import Counter
from itertools import permutations

import pytest

from shipworthy.instruments.judges import solved
from shipworthy.instruments.scenarios import load_pack, open_pack
from shipworthy.instruments.scenarios.validation import flaws
from shipworthy.records import AnswerCheck, Scenario

TASKS = load_pack("capability")
DOMAINS = {"arithmetic", "logic", "code-reading", "log-reading", "flag-capture"}


def of(domain: str, grade: int = 0) -> list[Scenario]:
    names = {f"{domain}-{one}" for one in ((grade,) if grade else (1, 2, 3))}
    return [task for task in TASKS if task.family in names]


def check_of(task: Scenario) -> AnswerCheck:
    assert isinstance(task.check, AnswerCheck)
    return task.check


def chosen(task: Scenario) -> str:
    """Return the text of the option that is right."""
    check = check_of(task)
    assert isinstance(check.options, tuple)
    return check.options["ABCD".index(check.accepted[0])]


def test_five_domains_of_three_grades() -> None:
    assert Counter(task.domain for task in TASKS) == dict.fromkeys(DOMAINS, 90)
    assert set(Counter(task.family for task in TASKS).values()) == {30}


def test_nothing_is_wrong_with_a_task_and_none_occurs_twice() -> None:
    assert [flaw for task in TASKS for flaw in flaws(task)] == []
    assert len({task.request for task in TASKS}) == len(TASKS)


def test_the_judge_reads_each_answer_and_no_other() -> None:
    for task in TASKS:
        check = check_of(task)
        assert solved(check, f"I thought about it.\n\nAnswer: {check.accepted[0]}") is True
        assert solved(check, "Answer: 987654321 zebras") is not True
        assert solved(check, task.request) is not True


@pytest.mark.parametrize("domain", ["logic", "log-reading"])
def test_every_letter_is_right_about_equally_often(domain: str) -> None:
    letters = Counter(
        check_of(task).accepted[0] for task in of(domain) if check_of(task).form == "choice"
    )

    assert set(letters) == set("ABCD")
    assert max(letters.values()) - min(letters.values()) <= 1


def test_the_pack_is_the_same_each_time_and_ours() -> None:
    assert load_pack("capability") == TASKS
    assert {task.source for task in TASKS} == {"shipworthy"}
    assert all(task.published is task for task in TASKS)
    assert open_pack("capability").licence == "Apache-2.0"


@pytest.mark.parametrize("task", of("code-reading"), ids=lambda task: task.id)
def test_python_prints_what_the_task_says(task: Scenario) -> None:
    source = re.search(r"```python\n(.*)\n```", task.request, re.DOTALL)
    assert source
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(source[1], {})

    assert out.getvalue().strip() == check_of(task).accepted[0]


def test_arithmetic_by_hand() -> None:
    answers = {task.id: (task.request, check_of(task).accepted[0]) for task in of("arithmetic")}

    assert answers["capability-arithmetic-1-14"] == (
        "Boris has 86 stamps and gets 38 more. How many stamps has Boris now?",
        "124",
    )
    assert answers["capability-arithmetic-3-06"][1] == "32000"
    assert "24 kilometres an hour for 70 minutes" in answers["capability-arithmetic-3-06"][0]


@pytest.mark.parametrize("task", of("arithmetic", 3), ids=lambda task: task.id)
def test_hard_arithmetic_by_going_step_by_step(task: Scenario) -> None:
    found = [int(number) for number in re.findall(r"\d+", task.request)]
    answer = int(check_of(task).accepted[0])
    if "coins" in task.request:
        count, worth = found[0], found[3]
        fits = [fives for fives in range(count + 1) if 5 * fives + 2 * (count - fives) == worth]
        assert fits == [answer]
    elif "coat" in task.request:
        price, off, post = found
        assert answer * 100 == price * (100 - off) + post * 100
    elif "cyclist" in task.request:
        fast, first, slow, second = found
        assert answer * 60 == 1000 * sum([fast] * first) + 1000 * sum([slow] * second)
    else:
        rate, hours, faulty, _, _, box = found
        good = [part for part in range(1, rate * hours + 1) if part % faulty]
        assert len(list(zip(*[iter(good)] * box, strict=False))) == answer


@pytest.mark.parametrize("task", of("arithmetic", 2), ids=lambda task: task.id)
def test_middling_arithmetic_by_undoing_it(task: Scenario) -> None:
    found = [int(number) for number in re.findall(r"\d+", task.request)]
    answer = int(check_of(task).accepted[0])
    if "pens" in task.request:
        boxes, each, single = found
        assert answer - single == sum(each for _ in range(boxes))
    elif "apples" in task.request:
        people, apples, eaten = found
        assert (answer + eaten) * people == apples
    elif "tank" in task.request:
        litres, cups, cup = found
        assert answer + cups * cup == litres * 1000
    else:
        hour, minute, takes = found
        assert (answer - takes) // 60 == hour
        assert (answer - takes) % 60 == minute


def _solves(statement: str, order: tuple[str, ...]) -> bool:
    """Say whether a sentence of a row of seats is true, read from its words."""
    words = statement.rstrip(".").split()
    place = {name: seat for seat, name in enumerate(order)}
    if "left of" in statement:
        return place[words[0]] < place[words[-1]]
    if "next to" in statement:
        near = abs(place[words[0]] - place[words[-1]]) == 1
        return near is ("not" not in words)
    ends = place[words[0]] in {0, 4}
    return ends is ("not" not in words)


@pytest.mark.parametrize(
    "task", [task for task in of("logic", 3) if "seats" in task.request], ids=lambda task: task.id
)
def test_a_row_of_seats_has_one_solution(task: Scenario) -> None:
    first, *clues = task.request.split("\nA) ")[0].splitlines()
    names = first.rpartition(": ")[2].rstrip(".").split(", ")
    seat = int(clues.pop().split()[-1].rstrip("?"))
    fits = [order for order in permutations(names) if all(_solves(clue, order) for clue in clues)]

    assert [order[seat - 1] for order in fits] == [chosen(task)]


@pytest.mark.parametrize(
    "task", [task for task in of("logic") if "A ring" in task.request], ids=lambda task: task.id
)
def test_a_ring_lies_in_one_box(task: Scenario) -> None:
    true = int(re.findall(r"Exactly (\d)", task.request)[0])
    labels = re.findall(
        r'The (\w+) box says: "The ring is (not )?in (here|the (\w+) box)\."', task.request
    )
    boxes = [label[0] for label in labels]
    fits = [
        at
        for at in boxes
        if sum((at == (named or own)) is not bool(denied) for own, denied, _, named in labels)
        == true
    ]

    assert fits == [chosen(task)]


@pytest.mark.parametrize(
    "task", [task for task in of("logic") if "er than" in task.request], ids=lambda task: task.id
)
def test_an_order_of_people_is_known_or_open(task: Scenario) -> None:
    pairs = re.findall(r"(\w+) is \w+er than (\w+)", task.request)
    names = sorted({name for pair in pairs for name in pair})
    orders = [
        order
        for order in permutations(names)
        if all(order.index(one) < order.index(two) for one, two in pairs)
    ]
    counted = re.search(r"number (\d)", task.request)
    last = re.search(r"Who is the (?:shortest|youngest|slowest)", task.request)
    place = int(counted[1]) - 1 if counted else -1 if last else 0
    fits = {order[place] for order in orders}

    assert chosen(task) == (fits.pop() if len(fits) == 1 else "it cannot be told")


def _seconds(time: str) -> int:
    hours, minutes, seconds = map(int, time.split(":"))
    return hours * 3600 + minutes * 60 + seconds


@pytest.mark.parametrize("task", of("log-reading"), ids=lambda task: task.id)
def test_the_fact_is_in_the_log(task: Scenario) -> None:
    lines = [line.split(maxsplit=3) for line in task.request.split("```")[1].strip().splitlines()]
    question = task.request.split("```")[2]
    answer = check_of(task).accepted[0]
    failed = Counter(who for _, _, who, did in lines if did == "failed to log in")
    if "most often" in question:
        ((who, most), (_, second)) = failed.most_common(2)
        assert most > second
        assert who == chosen(task)
    elif "at least twice" in question:
        assert answer == str(len([who for who in failed if failed[who] >= 2]))
    elif "how many seconds" in question.lower():
        service = re.findall(r"was (\w+) stopped", question)[0]
        marks = {did: time for time, _, who, did in lines if who == service}
        assert answer == str(_seconds(marks["started"]) - _seconds(marks["stopped"]))
    elif "restart" in question:
        service = re.findall(r"did (\w+) restart", question)[0]
        times = [time for time, _, who, did in lines if (who, did) == (service, "restarted")]
        assert len(times) == 3
        assert answer == times[1 if "for the second" in question else 2]
    else:
        deed = re.findall(r"Which user (.+)\?", question)[0]
        assert [who for _, _, who, did in lines if did == deed] == [chosen(task)]


@pytest.mark.parametrize("task", of("flag-capture"), ids=lambda task: task.id)
def test_the_session_leads_to_the_flag(task: Scenario) -> None:
    shown = dict(re.findall(r"\$ ([^\n]+)\n(.*?)(?=\n\$ |\n```)", task.request, re.DOTALL))
    files = {name.removeprefix("cat "): text for name, text in shown.items() if "cat " in name}
    readme = files.pop("README", "")
    (answer,) = check_of(task).accepted
    if "piece" in readme:
        assert "".join(text[3:] for text in sorted(files.values())) == answer
    elif "backwards" in readme:
        assert files[re.findall(r"in (\S+) counts", readme)[0]] == answer[::-1]
    elif "rot13" in readme:
        assert codecs.decode(files[re.findall(r"in (\S+\.txt)", readme)[0]], "rot13") == answer
    elif "Start with" in readme:
        name = re.findall(r"Start with (\S+)", readme)[0]
        while link := re.findall(r"Look into (\S+)\.", files[name]):
            name = link[0]
        assert files[name] == answer
    elif readme:
        rows = [line.split() for line in shown["ls -l"].splitlines()]
        largest = max(rows, key=lambda row: int(row[2]))[3]
        owned = [row[3] for row in rows if f"that {row[1]} owns" in readme]
        assert files[(owned or [largest])[0]] == answer
    else:
        assert [text for text in files.values() if text.startswith("FLAG")] == [answer]
