"""From a scenario and an attack to the conversation that is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from shipworthy.instruments.attacks.attack import Attack
from shipworthy.instruments.conditions import CONDITIONS, Condition
from shipworthy.instruments.judges import goal_texts, mentions
from shipworthy.kernel import Problem, Stream
from shipworthy.records import Scenario
from shipworthy.vocabulary import PLAIN, Message, Request, TrialRole

_GREETING: Final = "Hello."


@dataclass(frozen=True, slots=True)
class Composer:
    """Writes all that is asked in a trial, in one place for the plan and for the run.

    `system_prompt` is the product's own; it comes first. Controls get the request of the twin,
    because scripted targets do not read it.
    """

    attacks: Mapping[str, Attack]
    system_prompt: str = ""

    def __call__(self, scenario: Scenario, *, attack: str, role: TrialRole, seed: int) -> Request:
        """Return the request of an item.

        Raises:
            Problem: what `compose_request` raises.
        """
        if role is TrialRole.ADVERSARIAL:
            request = compose_request(scenario, self.attacks[attack], seed)
        elif role is TrialRole.BENIGN or role.is_control:
            request = compose_benign(scenario, seed)
        else:
            # what asks for a string is named after its pack, and nothing is added to it
            condition = PLAIN if role is TrialRole.CONTAMINATION else attack
            request = compose_under(scenario, CONDITIONS[condition], seed)
        if not self.system_prompt:
            return request
        product = Message(role="system", content=self.system_prompt)
        return Request(
            messages=(product, *request.messages), tools=request.tools, seed=request.seed
        )


def compose_request(scenario: Scenario, attack: Attack, seed: int) -> Request:
    """Return the adversarial conversation of a scenario under an attack.

    The same scenario, attack and seed always give the same request, in every arm.

    Raises:
        Problem: `attack-turns` when the attack sends other than user and assistant turns or does
            not end with the user; `attack-reveals-goal` when its text already holds what would
            count as a breach, so that an echo would be mistaken for one.
    """
    turns = attack.apply(scenario.request, Stream("attack", attack.name, scenario.id, seed))
    _check_turns(turns, attack.name)
    spoken = "\n".join(turn.content for turn in turns)
    told = [goal for goal in goal_texts(scenario.check) if mentions(spoken, goal)]
    if told:
        raise Problem.of(
            "attack-reveals-goal",
            f"attack `{attack.name}` on scenario `{scenario.id}` already says what it is after",
            help="an echo of the prompt would count as a breach; take it out of the request",
        )
    return Request(messages=(*_context(scenario), *turns), tools=scenario.tools, seed=seed)


def compose_under(scenario: Scenario, condition: Condition, seed: int) -> Request:
    """Return the conversation of a scenario, as its plain request, under a condition."""
    turn = Message(role="user", content=scenario.request)
    request = Request(messages=(*_context(scenario), turn), tools=scenario.tools, seed=seed)
    return condition.change(request, Stream("condition", condition.kind, scenario.id, seed))


def compose_benign(scenario: Scenario, seed: int) -> Request:
    """Return the conversation of the benign twin: same context and tools, a harmless request.

    A control of a scenario without a twin gets a greeting: no script reads it.
    """
    turn = Message(role="user", content=scenario.twin.request or _GREETING)
    return Request(messages=(*_context(scenario), turn), tools=scenario.tools, seed=seed)


def _context(scenario: Scenario) -> tuple[Message, ...]:
    texts = ((scenario.public_context, False), (scenario.confidential_context, True))
    return tuple(
        Message(role="system", content=text, confidential=hidden) for text, hidden in texts if text
    )


def _check_turns(turns: tuple[Message, ...], name: str) -> None:
    wrong = [turn for turn in turns if turn.role == "system" or turn.confidential]
    if wrong or not turns or turns[-1].role != "user":
        raise Problem.of(
            "attack-turns",
            f"attack `{name}` must send user and assistant turns and end with the user",
            help="an attacker does not speak as the system; put such text into a user turn",
        )
