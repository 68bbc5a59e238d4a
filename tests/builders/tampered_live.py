"""What was said of a deployment in a bundle, rewritten by somebody who holds its files."""

from said_confirmation import said_of
from shipworthy.kernel import digest_bytes, digest_of

LOG = "log/entries.jsonl"
OPENED_AT = "2026-11-22T08:00:00Z"
LATER = "2026-11-22T09:00:00Z"
EXPIRES = "2026-12-22T08:00:00Z"
UNCOUNTED = "SV-REPORT-LIVE"
EVIDENCE = "sha256:" + "ab" * 32

ENVELOPES = {
    "reopening": ("decision-reopened", "reopenings", "envelope"),
    "incident": ("incident-logged", "incidents", "envelope"),
    "confirmation": ("confirmation-logged", "confirmations", "confirmation"),
    "monitoring": ("monitoring-logged", "monitoring", "monitoring"),
}
SAID = {
    "reopening": ("decision", "cause", "action", "incident", "by", "at"),
    "incident": ("incident", "number", "at"),
    "confirmation": ("deployment", "verdict", "expires_at"),
    "monitoring": ("since", "until", "exchanges", "unassessed", "alarms", "at"),
}


class Live:
    """A forgery with statements about the deployment, each signed and logged by the runner."""

    def __init__(self, forge):
        self.forge = forge
        self.plan = digest_bytes(forge.files["plan.json"])
        self.decision = digest_bytes(forge.files["decision.json"])
        self.last = {}

    def say(self, kind, words, signer=None, log=True, **entry):
        """Sign a statement, put it into the bundle and log it; returns its path."""
        tag, folder, field = ENVELOPES[kind]
        words = {"plan": self.plan, **words}
        about = {"decision.json": words["decision"]} if kind == "reopening" else {}
        signed = self.forge.signed(
            kind, about or {"plan.json": self.plan}, words, signer or self.forge.keys.runner
        )
        number = sum(path.startswith(f"live/{folder}/") for path in self.forge.files) + 1
        path = f"live/{folder}/{number:04}.dsse.json"
        self.forge.files[path] = signed
        repeated = {name: words[name] for name in SAID[kind]}
        made = {"type": tag, "plan": words["plan"], field: digest_bytes(signed), **repeated}
        if kind == "reopening":
            made["to"] = words["to"] or ""
        if kind == "incident":
            made["event"] = words["change"]["type"]
        made["at"] = words.get("at", LATER)
        made |= entry
        if log:
            self.forge.edit_lines(LOG, lambda entries: [*entries, made])
        return path

    def reopen(self, action="expire", to=None, signer=None, log=True, entry=None, **changes):
        words = {
            "decision": self.decision,
            "cause": "the breach rate left its band",
            "action": action,
            "to": to,
            "incident": "",
            "evidence": [],
            "detected_by": "monitor",
            "by": "monitor",
            "role": "",
            "at": OPENED_AT,
            **changes,
        }
        return self.say("reopening", words, signer, log, **(entry or {}))

    def incident(self, change=None, **changes):
        opened = {
            "type": "opened",
            "severity": "high",
            "what": "a secret reached users",
            "metrics": ["asr.secrets.deployed"],
            "alarms": [EVIDENCE],
            "evidence": [],
            "deployment": "assistant",
            "decision": self.decision,
            "detected_by": "monitor",
            "owner": "safety-lead",
            "aware_at": OPENED_AT,
        }
        name = changes.pop("name", "") or incident_name(self.plan, opened)
        number, previous = self.last.get(name, (0, ""))
        words = {
            "incident": name,
            "number": number + 1,
            "previous": previous,
            "by": "monitor",
            "at": LATER if number else OPENED_AT,
            "change": change or opened,
            **changes,
        }
        path = self.say("incident", words)
        self.last[name] = (number + 1, digest_bytes(self.forge.files[path]))
        return name, path

    def confirm(self, verdict="confirmed", entry=None, **changes):
        words = {
            "verdict": verdict,
            "expires_at": EXPIRES,
            "ended_at": OPENED_AT,
            "deployment": "assistant",
            "reasons": [],
            **said_of(verdict),
            **changes,
        }
        return self.say("confirmation", words, **(entry or {}))

    def monitor(self, **changes):
        words = {
            "deployment": "assistant",
            "since": "2026-11-22T07:00:00Z",
            "until": OPENED_AT,
            "exchanges": 4000,
            "unassessed": 12,
            "alarms": 1,
            "evidence": [],
            "at": LATER,
            **changes,
        }
        return self.say("monitoring", words)

    def report_again(self):
        """State the report after all that was said, as `shipworthy report` does."""
        self.forge.edit_lines(
            LOG,
            lambda entries: [
                *[e for e in entries if e.get("kind") != "report"],
                *[{**e, "at": LATER} for e in entries if e.get("kind") == "report"],
            ],
        )

    def show_standing(self, state, glyph):
        """Let the report say how the decision stands."""
        page = self.forge.files["report.html"].decode()
        head, anchor, tail = page.partition('<tr id="live-standing">')
        old = 'mark-go"><span class="glyph" aria-hidden="true">✓</span> go'
        assert old in tail
        new = old.replace("mark-go", f"mark-{state}").replace("✓", glyph)
        tail = tail.replace(old, new.replace(" go", f" {state}"), 1)
        self.forge.files["report.html"] = (head + anchor + tail).encode()
        document = self.forge.json("report.json")
        for row in rows(document):
            if row.get("anchor") == "live-standing":
                row["cells"][0][0]["state"] = state
        self.forge.write("report.json", document)
        self.forge.files["report.json"] += b"\n"

    def publish(self, state="inconclusive", glyph="?"):
        self.show_standing(state, glyph)
        self.report_again()
        self.forge.reseal()

    def drop_logged(self, kind):
        self.forge.edit_lines(LOG, lambda entries: [e for e in entries if e["type"] != kind])

    def edit_logged(self, kind, **changes):
        self.forge.edit_lines(
            LOG,
            lambda entries: [{**e, **changes} if e["type"] == kind else e for e in entries],
        )


def rows(node):
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from rows(value)
    elif isinstance(node, list):
        for value in node:
            yield from rows(value)


def incident_name(plan, opened):
    return f"inc-{digest_of(['incident', plan, opened]).removeprefix('sha256:')[:16]}"
