"""What a run of the conformance suite found, for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from shipworthy.cli.output.streams import Output
from shipworthy.kernel import ExitCode

if TYPE_CHECKING:
    from shipworthy.traffic.conformance.verdicts import Outcome

_SENTENCES: Final = {
    ExitCode.YES: "no leak: the mark came through in no case",
    ExitCode.NO: "NOT SAFE: the mark came through, or a detection was recorded as a pass",
    ExitCode.INCONCLUSIVE: "no leak was seen, and some cases could not be tested",
}
_ONLY_CLEAN: Final = "nothing was asked for that has to be held, so that no leak could be seen"
_COLOURS: Final = {ExitCode.YES: "green", ExitCode.NO: "red", ExitCode.INCONCLUSIVE: "magenta"}


def conformance_lines(
    outcomes: "Sequence[Outcome]", code: ExitCode, output: Output
) -> Iterator[str]:
    """Yield a table by part and dialect, every case that is no success, and the ruling."""
    from shipworthy.app.live.conformance.summary import counted
    from shipworthy.traffic.conformance.verdicts import Verdict

    table = counted(outcomes)
    seen = Counter(one.verdict for one in outcomes)
    columns = [verdict for verdict in Verdict if seen[verdict]]
    yield f"{'part':10}{'dialect':13}{'mode':8}" + "".join(f"{x.value:>18}" for x in columns)
    for (part, dialect, how), counts in table.items():
        numbers = "".join(f"{counts[verdict] or '.':>18}" for verdict in columns)
        yield f"{part:10}{dialect:13}{how:8}{numbers}"
    yield f"{'':31}" + "".join(f"{seen[verdict]:>18}" for verdict in columns)
    fine = {Verdict.HELD, Verdict.INTACT, Verdict.NOT_OFFERED}
    for one in outcomes:
        if one.verdict not in fine:
            why = f"  ({one.why})" if one.why else ""
            yield f"{one.verdict.value}  {one.case.id}{why}"
    for one in outcomes:
        if one.case.control and one.verdict not in {Verdict.INTACT, Verdict.NOT_OFFERED}:
            how = "stream" if one.case.stream else "whole"
            yield (
                f"{one.case.dialect}, {how}: not even a clean answer arrived ({one.why}), so that "
                "what was held there shows nothing; is the gateway set up as `--setup` says?"
            )
    asked = any(one.case.part != "clean" for one in outcomes)
    yield output.styled(_SENTENCES[code] if asked else _ONLY_CLEAN, _COLOURS[code])
