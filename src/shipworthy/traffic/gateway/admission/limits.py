"""How much one account and all together may ask. Pure: seconds are arguments, nothing waits."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Final

from shipworthy.records.live import LimitsSection

_MOST_ACCOUNTS: Final = 100_000
"""Accounts that are remembered; the one that was silent longest is forgotten first."""

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Denial:
    """Why a request is turned away, and after how many seconds it may be tried again."""

    why: str
    retry_s: int


@dataclass(slots=True)
class _Account:
    tokens: float
    at: float
    running: int = 0
    strikes: deque[float] = field(default_factory=deque)
    stopped_until: float = 0.0


class AccountLimits:
    """Requests a minute, exchanges at once and strikes, by account.

    Requests a minute are a bucket that holds one minute's worth and fills steadily, so that no
    cut of the clock lets twice as many through.
    """

    def __init__(self, section: LimitsSection) -> None:
        self._section = section
        self._accounts: OrderedDict[str, _Account] = OrderedDict()

    def enter(self, account: str, at: float) -> Denial | None:
        """Count a request of an account, or say why it is turned away."""
        limits = self._section
        state = self._state(account, at)
        if state.stopped_until > at:
            return Denial("account stopped after strikes", _whole(state.stopped_until - at))
        if limits.requests_per_minute:
            rate = limits.requests_per_minute / _MINUTE
            filled = state.tokens + (at - state.at) * rate
            state.tokens = min(float(limits.requests_per_minute), filled)
            state.at = at
            if state.tokens < 1.0:
                return Denial("requests a minute of the account", _whole((1 - state.tokens) / rate))
        if limits.concurrent and state.running >= limits.concurrent:
            return Denial("exchanges at once of the account", 1)
        if limits.requests_per_minute:
            state.tokens -= 1.0
        state.running += 1
        return None

    def leave(self, account: str) -> None:
        """Count the end of an exchange that `enter` let in."""
        state = self._accounts.get(account)
        if state is not None and state.running:
            state.running -= 1

    def strike(self, account: str, at: float) -> bool:
        """Count a detection; say whether the account is stopped by it."""
        limits = self._section
        if not limits.strikes or not account:
            return False
        state = self._state(account, at)
        state.strikes.append(at)
        oldest = at - limits.strike_minutes * _MINUTE
        while state.strikes[0] < oldest:
            state.strikes.popleft()
        if len(state.strikes) < limits.strikes:
            return False
        state.strikes.clear()
        state.stopped_until = at + limits.stop_minutes * _MINUTE
        return True

    def renewed(self, section: LimitsSection) -> "AccountLimits":
        """Return these limits under another section, with the accounts as they stand."""
        other = AccountLimits(section)
        other._accounts = self._accounts
        return other

    def _state(self, account: str, at: float) -> _Account:
        state = self._accounts.get(account)
        if state is None:
            state = _Account(float(self._section.requests_per_minute), at)
            self._accounts[account] = state
            if len(self._accounts) > _MOST_ACCOUNTS:
                self._forget(at)
        else:
            self._accounts.move_to_end(account)
        return state

    def _forget(self, at: float) -> None:
        """Forget the first account that is neither running nor stopped; all that are, stay."""
        for name, state in self._accounts.items():
            if not state.running and state.stopped_until <= at:
                del self._accounts[name]
                return


def _whole(seconds: float) -> int:
    return max(1, int(seconds) + (seconds > int(seconds)))
