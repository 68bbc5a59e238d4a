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
        self._failed = False
        self._clear = 0

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now.

        A matcher that fails holds the rest of the answer: what the failure means is for the rules
        to say, when they are asked about the whole.
        """
        if self._failed:
            return self._clear
        try:
            clear = self._rules.feed(text)
        except Exception:  # noqa: BLE001 - a matcher may fail in its own ways
            self._failed = True
            return self._clear
        if clear is None:
            return None
        if self._probe is not None:
            scored = self._probe.feed(text)
            if scored is None:
                return None
            clear = min(clear, scored)
        if not self._holds:
            self._clear = max(self._clear, clear)
        return self._clear
