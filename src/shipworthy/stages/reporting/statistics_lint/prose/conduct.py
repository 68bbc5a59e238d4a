"""How a study was run: how many attempts, when it stopped, and who judged."""

import re
from collections.abc import Iterator
from typing import ClassVar, Final

from shipworthy.stages.reporting.statistics_lint.prose.finding import (
    ProseFinding,
    Sureness,
    found,
)
from shipworthy.stages.reporting.statistics_lint.prose.passages import Prose
from shipworthy.stages.reporting.statistics_lint.prose.words import (
    FRACTION,
    OUTCOME,
    PERCENT,
    POLICY,
    unquoted,
)

_I: Final = re.IGNORECASE

_SEVERAL: Final = re.compile(
    r"\bbest[\s-]of[\s-](?:n|k|many)\b|\b(?:pass|ASR|success|hit)@[kn]\b"
    r"|\b(?:multiple|several|repeated|many|further|additional|unlimited|enough|numerous)\s+(?:\w+\s+)?"
    r"(?:attempts|tries|retries)"
    r"|\b(?:may|can|could|allowed\s+to|free\s+to)\s+(?:retry|try\s+again|resample)"
    r"|\b(?:after|with)\s+(?:retries|retrying|resampling)\b",
    _I,
)
_K_GIVEN: Final = re.compile(
    r"\bk\s*=\s*\d|\bbest[\s-]of[\s-]\d|@\d|"
    r"\b(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|hundred)\s+"
    r"(?:\w+\s+)?(?:attempts|tries|retries|times)\b",
    _I,
)
_N_OF_BEST: Final = re.compile(r"\bbest[\s-]of[\s-]n\b.{0,200}\b[nN]\s*=\s*\d", _I)

_STOPPED: Final = re.compile(
    r"\b(?:stopp?(?:ed|ing)?|ended|halted|terminated|ceased)\s+(?:\w+\s+){0,4}?"
    r"(?:when|once|as\s+soon\s+as)\s+(?P<why>[^.;]{0,300})"
    r"|\b(?:when|once|as\s+soon\s+as)\s+(?P<seen>[^.;]{0,300}?),\s+(?:\w+\s+){0,3}?"
    r"(?:stopped|ended|halted|terminated|ceased)\b"
    r"|\b(?:continu|kept|keep|ran|run|runs|running|re-?r[au]n|repeat|add|sampl|test(?:ed|ing)|extend|collect|dr[ae]w|"
    r"increas|evaluat|went\s+on|proceed|generat|quer)\w*\b[^.;]{0,300}\b(?:until|till)\s+(?P<until>[^.;]{0,300})",
    _I,
)
_EXTENDED: Final = re.compile(
    r"\b(?:after|following|based\s+on|given)\s+(?:an?\s+|the\s+|our\s+)?"
    r"(?:first|initial|interim|early|preliminary)\s+(?:look|results?|analys[ie]s|peek|findings)\b"
    r"[^.;]{0,300}\b(?:extend|add(?:ed|ing)|continu|increas|enlarg|re-?r[au]n|repeat|collect)\w*"
    r"|\b(?:inconclusive|not\s+(?:yet\s+)?(?:conclusive|significant|clear))\b[^.;]{0,300},[^.;]{0,300}"
    r"\b(?:another|further|additional|more)\b[^.;]{0,300}\b(?:drawn|added|run|collected|sampled|tested)\b"
    r"|\b(?:interim|preliminary|early)\s+(?:results?|looks?|analys[ie]s)\b[^.;]{0,300}"
    r"\b(?:terminated|stopped|ended)\b",
    _I,
)
_OUTCOME_SEEN: Final = re.compile(
    r"signific|\bp\s*[<=]|\bresults?\b|\bbounds?\b|\bintervals?\b|\bdifference|\brates?\b|"
    r"\bthreshold|\bpass(?:ed|es)?\b|\bclear\b|\bsucce(?:ss|eded)|\bestimates?\b",
    _I,
)
_SAMPLING: Final = re.compile(
    r"\btest(?:s|ing|ed)?\b|\bbenchmark|\bsampl|\bprompts?\b|\bevaluat|\bcampaign|\bcollect|\bscenarios?\b|"
    r"\btrials?\b|\bmeasur|\bre-?r[au]n|\bexperiment|\bstudy\b|\bwe\s+stopped\b|\brepeat",
    _I,
)
_REGISTERED: Final = re.compile(
    r"\bsequential|\be-(?:process|values?)|\banytime|\balways[\s-]valid|\balpha[\s-]spending|"
    r"\bpre-?\s?(?:register|specif|plann)|\bregister(?:ed|s)\b|\bboundar(?:y|ies)\b|"
    r"\bconfidence\s+sequence|\bevery\s+look\b|\bplanned\b|\bbudget\b|\bloss\b|\btraining\b|"
    r"\bsupermartingale|\bVille|\bwhichever\b|\bmust\s+not\b|\bnever\b",
    _I,
)

_JUDGE: Final = re.compile(
    r"\b(?:LLM|AI|language[\s-]model|model|automat(?:ed|ic)|machine|neural)[\s-]+(?:based\s+)?"
    r"(?:judges?|graders?|evaluators?|raters?|scorers?|classifiers?|autograders?)\b"
    r"|\bauto-?(?:graders?|raters?|graded)\b"
    r"|\b(?:judged|graded|scored|rated|labell?ed|marked|flagged|classified)\s+by\s+(?:an?\s+|the\s+|our\s+)?"
    r"(?:\w+\s+){0,2}?(?:model|LLM|classifier|grader|judge)\b"
    r"|\baccording\s+to\s+(?:an?\s+|the\s+|our\s+)?(?:\w+\s+){0,2}?(?:classifier|grader|judge)\b"
    r"|\b(?:judged|graded|scored|rated|labell?ed|marked|flagged|classified)\s+by\s+[A-Z][\w.]*-?\d[\w.-]*"
    r"|\b(?:second|another|separate|different)\s+(?:language\s+)?(?:model|LLM)\b"
    r"|\b(?:detector|classifier)\s+(?:labels|labelled|marks|marked|rates|grades|scores|found|finds)\b"
    r"|\b(?:judge|grader)\s+(?:marked|flagged|rated|scored|found|labell?ed|classified|said)",
    _I,
)
_CALIBRATED: Final = re.compile(
    r"calibrat|\bagree(?:s|d|ment)?\b|\bkappa\b|\bhuman[\s-]+(?:label|annotat|review|read|rater|check|"
    r"ground|judg|grad|expert)|\bsensitivity\b|\bspecificity\b|\bvalidated\b|"
    r"\bfalse[\s-](?:negative|positive)|\bprecision\s+and\s+recall\b|\bmiss(?:es|ed)?\b|"
    r"\b(?:hand|human)-?\s?labell?ed\b|\bground[\s-]truth\b|\bexperts?\s+(?:read|label|check)",
    _I,
)


class AttemptsWithoutK:
    """Finds rates over several attempts that do not say over how many."""

    id: ClassVar[str] = "attempts-without-k"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "several attempts, without how many"
    why: ClassVar[str] = "the rate at which some attempt works grows with the number of attempts"
    advice: ClassVar[str] = "give k, and count scenarios in which some of the k attempts worked"

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a passage."""
        for passage in prose.passages:
            measured = passage.nearby(PERCENT) or passage.nearby(FRACTION)
            if not measured or passage.nearby(_K_GIVEN) or passage.nearby(_N_OF_BEST):
                continue
            for sentence in passage.sentences:
                claim = _SEVERAL.search(unquoted(sentence.text))
                if claim and not POLICY.search(sentence.text):
                    yield found(self, sentence, *claim.span())
                    break


class DataDependentStop:
    """Finds studies that went on until the result was there."""

    id: ClassVar[str] = "data-dependent-stop"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "stopped, or went on, because of the result"
    why: ClassVar[str] = (
        "an interval for a fixed n that is read again and again is wrong far more often than it "
        "says"
    )
    advice: ClassVar[str] = (
        "fix n first, or register a stopping rule whose limits hold at every look and give those"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding a sentence."""
        for sentence in prose.sentences():
            text = unquoted(sentence.text)
            if sentence.passage.nearby(_REGISTERED):
                continue
            claim = _EXTENDED.search(text)
            if claim is None and _SAMPLING.search(text):
                claim = next(
                    (
                        one
                        for one in _STOPPED.finditer(text)
                        if _OUTCOME_SEEN.search(one["why"] or one["seen"] or one["until"] or "")
                    ),
                    None,
                )
            if claim:
                yield found(self, sentence, *claim.span())


class JudgeWithoutCalibration:
    """Finds documents whose rates come from a machine judge that nobody checked."""

    id: ClassVar[str] = "judge-without-calibration"
    sure: ClassVar[Sureness] = "suspicion"
    title: ClassVar[str] = "a machine judge without calibration"
    why: ClassVar[str] = (
        "what a judge misses is not in the rate, and a judge that misses a lot makes it small"
    )
    advice: ClassVar[str] = (
        "say against how many labelled outputs the judge was checked and how many positives it "
        "missed, and put that into the bound"
    )

    def check(self, prose: Prose) -> Iterator[ProseFinding]:
        """Yield at most one finding, at the first such rate of the document."""
        if prose.mentions(_CALIBRATED):
            return
        for passage in prose.passages:
            measured = PERCENT.search(passage.text) or FRACTION.search(passage.text)
            if not measured:
                continue
            for sentence in passage.sentences:
                claim = _JUDGE.search(unquoted(sentence.text))
                if claim and (OUTCOME.search(passage.text) or PERCENT.search(passage.text)):
                    yield found(self, sentence, *claim.span())
                    return
