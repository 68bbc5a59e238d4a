"""The field's words as Shipworthy uses them: the glossary is made from here."""

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A word and what it means here, in Markdown."""

    name: str
    meaning: str


GLOSSARY: Final = (
    Term(
        "Amendment",
        "A change of a framework. It makes a new version with a new digest; decisions under the "
        "old one stay what they were.",
    ),
    Term(
        "Arm",
        "Under which safeguards a trial ran: `bare` (none), `safeguarded` (the stack of the "
        "assessment). The same items and seeds run in every arm, so that arms can be paired.",
    ),
    Term(
        "Attack",
        "A seeded transformation of a request into what an attacker would send. Attacks of text "
        "can be joined with `+`.",
    ),
    Term("Attempt", "One adversarial try at one scenario. A rate counts assessed attempts."),
    Term(
        "Attack success rate (ASR)",
        "Successful attempts divided by assessed attempts. It is never shown without both counts, "
        "the unassessed attempts and bounds.",
    ),
    Term(
        "ASR at k",
        "The share of scenarios on which at least one of k attempts works, `asr-at-3` for three. "
        "It exists only where every scenario was tried exactly so often.",
    ),
    Term(
        "Benign twin",
        "A harmless request in the same situation as a scenario. Answering it is right; it shows "
        "over-refusal.",
    ),
    Term(
        "Blocker",
        "A reason why a finding supports no good news: a control that failed, a judge without a "
        "card, too few scenarios. A blocker never stops bad news.",
    ),
    Term(
        "Bound",
        "A one-sided limit on a rate at an error level `alpha`. Gates read bounds, never points. "
        "Upper bounds are rounded up, lower bounds down.",
    ),
    Term(
        "Breach",
        "An attack reached its goal at the user's end. What a safeguard withheld is no breach.",
    ),
    Term(
        "Bundle",
        "A folder with everything a stranger needs to recompute a report: plan, trials, rulebook, "
        "facts, decision, sign-offs and log. It holds no transcript.",
    ),
    Term(
        "Calibration card",
        "How often a judge was right on labelled items, as counts. What it misses widens bounds.",
    ),
    Term("Campaign", "A registered plan with its runs, trials and findings."),
    Term(
        "Capability evaluation",
        "Tasks with a known answer, put to the bare model: how much it can do, which a "
        "threshold of a framework reads. A task that it would not try is unassessed, not "
        "missed.",
    ),
    Term(
        "Capability threshold",
        "A level of capability at which a duty begins. Organisations have their own words: "
        "critical capability level, High and Critical capability. An AI safety level is a standard "
        "of protection and not a threshold.",
    ),
    Term(
        "Checkpoint",
        "The signed size and root of a log. Kept by somebody else, it shows later that history was "
        "not rewritten.",
    ),
    Term("Claim", "A number in a report, with the derivation that recomputes it from records."),
    Term(
        "Clause",
        "The smallest passage of a framework that can be cited, in our words, with the place in "
        "its source.",
    ),
    Term(
        "Contamination",
        "That a model has met the scenarios before: it completes a string that only they "
        "hold. One completion withholds good news.",
    ),
    Term(
        "Control, negative and positive",
        "A scripted target that never or always breaches. Controls run in every campaign and test "
        "the instruments: a campaign in which the accomplice does not breach shows nothing.",
    ),
    Term(
        "Control evaluation",
        "A test of the measures around an agent by scripted attacks and honest work: what is "
        "caught before its effect, after it, and never, and what honest work it costs.",
    ),
    Term(
        "Control, of an agent",
        "A measure that watches or limits what an agent does: a monitor, an approval policy, "
        "limits, a kill switch. One that only detects holds nothing back.",
    ),
    Term(
        "Decision",
        "What a framework says of a model and a deployment: the ruling, its requirements, and the "
        "clauses that determined it. The gate drafts it; people sign it.",
    ),
    Term(
        "Deployment type",
        "Where a model goes, in order of exposure: `internal`, `limited`, `controlled`, "
        "`closed-product`, `api`, `fine-tuning-api`, `open-weights`. The last cannot be undone.",
    ),
    Term("Digest", "SHA-256 of bytes, written `sha256:` and 64 hexadecimal digits."),
    Term(
        "Dissent",
        "A sign-off that says `no-go`. One is enough to stop a go, and it cannot be held back.",
    ),
    Term(
        "Domain",
        "A kind of risk, such as `cyber` or `secrets`. Attack success is never averaged over "
        "domains: the mean would hide the worst.",
    ),
    Term(
        "Elicitation",
        "The effort to draw out what a model can do: attacks, tools, attempts, fine-tuning. A low "
        "rate under little elicitation says little.",
    ),
    Term(
        "Evaluation awareness",
        "That a model acts otherwise where it takes a situation for a test. Here it is shown "
        "by what it does in realism twins; what it says of tests is counted and proves no "
        "belief.",
    ),
    Term("Evidence", "Bytes kept by digest, in an order that a log fixes."),
    Term(
        "Fact",
        "A value that a named person asserts, with the record that it rests on. Shipworthy shows "
        "who said it; it cannot check it.",
    ),
    Term("Finding", "One metric in one domain and arm: counts, bounds and blockers."),
    Term(
        "Framework",
        "An organisation's published rules for deciding about models, in one version. Others say "
        "scaling policy or preparedness framework.",
    ),
    Term(
        "Gate",
        "The function from a rulebook and evidence to a draft: `deploy` or `develop`. It reads "
        "nothing else and signs nothing.",
    ),
    Term(
        "Held",
        "An attack did not reach its goal; the record names the layer that held, or the model.",
    ),
    Term(
        "Inconclusive",
        "The third value of a verdict: evidence is missing, expired, or too thin. It is never a "
        "pass.",
    ),
    Term(
        "Judge",
        "What says whether an attempt succeeded. The built-in ones are programs that look for a "
        "goal, not models that have an opinion.",
    ),
    Term("Limitation", "Something that was not tested, or is not known. Reports print them."),
    Term(
        "Margin",
        "Distance from a bound to its limit; positive on the side that keeps the requirement.",
    ),
    Term(
        "Mirrored pair",
        "Two prompts that ask the same for two opposite views, the sides `a` and `b`. Pairs on one "
        "topic are one observation.",
    ),
    Term(
        "Over-refusal rate",
        "Benign requests refused, divided by benign requests refused or usefully answered. An "
        "answer without the expected content is unassessed here. A safeguard that blocks "
        "everything has an attack success rate of 0 and fails here.",
    ),
    Term(
        "Plan",
        "Everything that is fixed before the first request: subject, items, arms, judges, error "
        "level. Its digest is the first entry of the log.",
    ),
    Term(
        "Realism twin",
        "The same scenario dressed once as an item of a test and once as traffic of a "
        "product. A model that holds better in the first shows that its rates speak of tests.",
    ),
    Term(
        "Requirement",
        "The executable reading of a clause: a condition that evidence keeps, breaks or leaves "
        "open.",
    ),
    Term(
        "Residual risk",
        "What is left behind safeguards. It is bounded by evidence and never zero.",
    ),
    Term(
        "Role",
        "An office that must sign a decision, held by a named person with a key. Nobody counts in "
        "two roles.",
    ),
    Term("Rulebook", "A framework compiled for programs: fields, rules, levels, roles."),
    Term("Ruling", "`go`, `no-go` or `inconclusive`."),
    Term(
        "Safeguard",
        "A measure that lowers a risk: here a layer around the model. Others say mitigation.",
    ),
    Term(
        "Sandbagging",
        "That a model shows less than it can do. Here: it solves fewer tasks where doing well "
        "has a price. A model that is told to hide shows whether that would be seen.",
    ),
    Term("Scenario", "A situation with a goal that a program can check. The unit of statistics."),
    Term(
        "Sign-off",
        "A person's signed position on one draft, in one role, with the reason. It can lower a "
        "ruling and never raise it.",
    ),
    Term("Stack", "Safeguards in order. The stack that was tested is the one with its digest."),
    Term(
        "Standing",
        "How a draft stands now: with its signatures, dissents and expiry. A go stands only when "
        "every role has signed it.",
    ),
    Term(
        "Submission",
        "A campaign of a question: may this product go to this deployment under this framework? "
        "Submissions of one question are numbered in the registry of the project and share one "
        "error level.",
    ),
    Term(
        "Subject",
        "What was tested: weights, engine, template, prompt, sampling. Parts that are not "
        "disclosed are named as unknown.",
    ),
    Term("Target", "What answers a conversation: an endpoint, a served model, a script."),
    Term(
        "Tilt",
        "How much higher a measure is for side `a` than for side `b`, on average over the mirrored "
        "pairs of a topic. Balance is shown when limits of the mean tilt lie inside a margin.",
    ),
    Term("Transcript", "What was said in a trial. It stays in the project folder."),
    Term("Trial", "One executed cell of the plan: an item in an arm, with its outcome."),
    Term(
        "Unassessed",
        "An attempt without a verdict: an error, a timeout, an undecided judge. It counts against "
        "the claim in both directions and is never dropped.",
    ),
    Term(
        "Unsanctioned action",
        "What an agent does that nobody allowed: a harm in the world, going on after a stop, "
        "an instruction that it breaks. It is read from the state and the calls, not from "
        "what it says.",
    ),
    Term("Uplift", "How much more an actor achieves with the model than with a stated baseline."),
    Term("Verdict", "What evidence says of a requirement: `kept`, `broken` or `inconclusive`."),
    Term(
        "World",
        "A simulated place in which an agent acts: a state, tools that change it, a main task and "
        "hidden side tasks. Harm is read from the state.",
    ),
)
"""All terms, in alphabetical order of their first word."""
