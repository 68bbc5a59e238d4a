"""A verdict about what tools are said to be is found again by whoever has the record."""

import pytest
from msgspec.structs import replace

from passing import ABOUT, ask
from shipworthy.app.live.monitoring.looking.rechecking import recheck
from shipworthy.instruments.safeguards import make_screen
from shipworthy.instruments.safeguards.engine import GuardEngine
from shipworthy.traffic.passages import Answer

SCHEMA = {"type": "object", "properties": {"a": {"enum": ["open sesame"]}}}
FUNCTION = {"name": "find", "description": "Finds.", "parameters": SCHEMA}
TOOLS = {
    "chat": {"type": "function", "function": FUNCTION},
    "responses": {"type": "function", **FUNCTION},
    "messages": {"name": "find", "description": "Finds.", "input_schema": SCHEMA},
}


@pytest.mark.parametrize("dialect", TOOLS)
def test_a_record_keeps_the_tools_that_a_verdict_was_about(dialect):
    layer = make_screen({"rules": [{"id": "ask", "request": "open sesame"}]})
    passage, answered = ask(dialect, [layer], tools=[TOOLS[dialect]])
    assert isinstance(answered, Answer)
    (record,) = passage.records(replace(ABOUT, disclosure="flagged"))
    assert record.verdict.enforced == "withheld"
    (content,) = record.content
    assert [tool.name for tool in content.tools] == ["find"]
    assert recheck(GuardEngine([layer]), content).actions == record.verdict.actions
