"""An answer in pieces, as the whole screen looks at it."""

from shipworthy.instruments.safeguards.screening.probe import ProbeScan
from shipworthy.instruments.safeguards.screening.rules import RuleScan


class ScreenScan:
    """Lets leave what every stage has decided; `holds` keeps all of it for the end.

    The rules are looked at all the same where everything is held: a match ends the answer early.
    """

    def __init__(self, rules: RuleScan, probe: ProbeScan | None, *, holds: bool) -> None:
        self._rules = rules
        self._probe = probe
        self._holds = holds

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now."""
        clear = self._rules.feed(text)
        if clear is None:
            return None
        if self._probe is not None:
            scored = self._probe.feed(text)
            if scored is None:
                return None
            clear = min(clear, scored)
        return 0 if self._holds else clear
