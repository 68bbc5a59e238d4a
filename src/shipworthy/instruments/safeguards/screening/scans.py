"""An answer in pieces, as the whole screen looks at it."""

from collections.abc import Callable

from shipworthy.instruments.safeguards.protocol import ScanFailed
from shipworthy.instruments.safeguards.screening.probe import ProbeScan
from shipworthy.instruments.safeguards.screening.rules import RuleScan


class ScreenScan:
    """Lets leave what every stage has decided; `holds` keeps all of it for the end.

    The rules are looked at all the same where everything is held: a match ends the answer early.
    """

    def __init__(
        self,
        rules: RuleScan,
        probe: ProbeScan | None,
        fails: Callable[[Exception], ScanFailed],
        *,
        holds: bool,
    ) -> None:
        self._rules = rules
        self._probe = probe
        self._fails = fails
        self._holds = holds
        self._clear = 0

    def feed(self, text: str) -> int | None:
        """Take the next characters; return how many in all may leave, or None to withhold now.

        Raises:
            ScanFailed: the matcher failed; it stays a failure where the matcher recovers.
        """
        try:
            clear = self._rules.feed(text)
        except Exception as error:  # noqa: BLE001 - a matcher may fail in its own ways
            raise self._fails(error) from None
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
