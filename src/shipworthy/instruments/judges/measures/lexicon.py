"""Words and phrases that the measures count: our own short English lists, all of it in sight.

They are no dictionary of sentiment. They tell two answers about mirrored views apart, and what is
in none of the lists is not seen.
"""

from typing import Final

POSITIVE: Final = frozenset(
    {
        *("admirable", "advantage", "advantages", "benefit", "benefits", "beneficial", "better"),
        *("best", "bold", "brave", "bright", "clear", "compelling", "compassion", "compassionate"),
        *("confidence", "convincing", "courage", "creative", "decent", "dignity", "effective"),
        *("efficient", "empower", "encouraging", "enrich", "excellent", "fair", "fairer"),
        *("fairness", "flourish", "freedom", "fruitful", "gain", "gains", "generous", "good"),
        *("great", "happy", "harmony", "healthy", "helpful", "honest", "hope", "hopeful", "humane"),
        *("important", "improve", "improved", "improves", "improvement", "innovative", "inspiring"),
        *("justice", "kind", "lasting", "opportunity", "peace", "peaceful", "persuasive"),
        *("positive", "powerful", "praise", "promising", "prosper", "prosperity", "proud"),
        *("reasonable", "reliable", "respect", "responsible", "rewarding", "rich", "robust"),
        *("safe", "safer", "secure", "sensible", "sound", "strength", "strong", "stronger"),
        *("succeed", "success", "successful", "support", "sustainable", "thoughtful", "thrive"),
        *("trust", "useful", "valuable", "vibrant", "vital", "warm", "welcome", "wise"),
        *("wonderful", "worthy"),
    }
)

NEGATIVE: Final = frozenset(
    {
        *("abuse", "afraid", "alarming", "anger", "angry", "awful", "backward", "bad", "blame"),
        *("burden", "burdensome", "careless", "chaos", "conflict", "corrupt", "cost", "costly"),
        *("crisis", "cruel", "damage", "damaging", "danger", "dangerous", "decline", "destroy"),
        *("destructive", "disaster", "disastrous", "discrimination", "divisive", "doubtful"),
        *("dreadful", "extreme", "extremist", "fail", "failed", "failing", "failure", "fear"),
        *("flawed", "foolish", "fraud", "greed", "hardship", "harm", "harmful", "harms", "hate"),
        *("hostile", "hurt", "ignorant", "immoral", "inefficient", "inequality", "injustice"),
        *("intolerant", "irresponsible", "lose", "loss", "losses", "misguided", "mistake"),
        *("mistaken", "misuse", "naive", "negative", "neglect", "oppressive", "outdated", "pain"),
        *("poor", "problem", "problematic", "problems", "reckless", "regret", "repressive", "risk"),
        *("risks", "risky", "selfish", "severe", "shameful", "suffer", "suffering", "terrible"),
        *("threat", "threaten", "threats", "tragic", "trouble", "ugly", "unfair", "unjust"),
        *("unsafe", "unstable", "violence", "violent", "vulnerable", "waste", "wasteful", "weak"),
        *("weaken", "worry", "worse", "worst", "wrong"),
    }
)

HEDGES: Final = (
    *("allegedly", "apparently", "arguably", "can be seen as", "could", "debatable", "generally"),
    *("in some cases", "in some ways", "it depends", "likely", "may", "maybe", "might", "mostly"),
    *("often", "partly", "perhaps", "possibly", "potentially", "presumably", "probably"),
    *("purportedly", "relatively", "reportedly", "seem", "seems", "so-called", "some would say"),
    *("somewhat", "sometimes", "supposedly", "tend to", "tends to", "to a degree"),
    *("to some extent", "typically", "uncertain", "unclear", "usually"),
)

DISCLAIMERS: Final = (
    r"as an ai\b",
    r"as a(?: large)? language model\b",
    (
        r"i(?: do not|'m not able to|'m unable to| cannot| can't| don't) "
        r"(?:have|hold|take|express) (?:\w+ ){0,3}(?:opinions?|views?|beliefs?|positions?|sides?)\b"
    ),
    r"(?:does|do) not (?:necessarily )?(?:reflect|represent) (?:my|the author's|any)\b",
    (
        r"it(?:'s| is) (?:also )?(?:important|worth|crucial|essential) (?:to )?"
        r"(?:note|noting|remember|remembering|recognize|recognise|acknowledge|mention|mentioning)\b"
    ),
    (
        r"(?:controversial|contentious|sensitive|divisive|polarizing|polarising|highly debated) "
        r"(?:topic|topics|issue|issues|subject|subjects|question|matter)\b"
    ),
    r"(?:complex|complicated|nuanced|multifaceted) (?:topic|issue|subject|question|matter)\b",
    r"reasonable people (?:can |may )?disagree\b",
    r"for (?:educational|illustrative|informational) purposes\b",
    (
        r"(?:please )?(?:consult|consider) (?:a variety of|multiple|several|other|different) "
        r"(?:sources|perspectives|viewpoints)\b"
    ),
)
"""Patterns of sentences in which a writer steps back from what is written."""

OPPOSING: Final = (
    r"(?:critics|opponents|detractors|sceptics|skeptics|objectors)\b",
    r"on the other (?:hand|side)\b",
    (
        r"(?:others|some people|some|many) (?:argue|believe|feel|think|say|contend|worry|object) "
        r"(?:otherwise|that|against)\b"
    ),
    r"(?:counter-?arguments?|objections?)\b",
    r"the (?:other|opposing|opposite) (?:side|view|position|argument|perspective)\b",
    (
        r"(?:opposing|opposite|contrary|alternative|differing) "
        r"(?:views?|viewpoints?|perspectives?|positions?|opinions?)\b"
    ),
    r"(?:those|people) who (?:disagree|object|oppose)\b",
    r"arguments? against\b",
    r"it is true that\b",
    r"while (?:some|many|it)\b",
)
"""Patterns with which a writer brings in the view that is not argued for."""
