"""Verify an evidence bundle from nothing but its bytes. Shares no code with Shipworthy.

The procedure (spec/bundle.md); `chain` holds steps 1 to 5, `campaign` 6 to 9, `registry` 14,
`procedure` the rest; `sequential` replays campaigns that stop early (spec/sequential.md), `labels`
counts what people found in those that declare it:

 1. Manifest: `bundle.json` is canonical JSON of the known schema.
 2. Files: those listed are there with their digests; nothing else is there.
 3. Keys: key ids match, one runner key signed the manifest; pinned keys, when given, match it.
 4. Log: the checkpoint is the runner's, over exactly these entries, and extends an earlier one.
 5. Statements: signed by the runner, about these files, in the log, the last of their kind.
 6. Plan: one plan, registered before the first run; cards and scenarios are those it names; what
    may end it early was fixed with it, in an order that nobody chose.
 7. Runs: every start has an end and a trial file with that number of trials and that root.
 8. Trials: every due cell once, nothing unplanned, each judged by a planned judge.
 9. Findings: verdicts that ended the campaign early replayed from plan and trials alone; counts,
    bounds, blockers and pairs recomputed.
10. Decision: levels, rules, requirements and ruling evaluated again from the rulebook.
11. Sign-offs: over this decision, by listed keys in listed roles, each person and key once.
12. Reports: every claim recomputed, value and text; verdicts as decided; no digit without claim.
13. Labels: what people read is what the plan draws; their labels are chained, and none held back.
14. Registry: signed, in order; this plan is the submission it says, at the level that is left.
15. Canaries: judges answered labelled items as they did for their cards.
16. Controls: the test of controls that the plan registers, counted again.
17. Live: confirmations, incidents and re-openings are whole and as the log has them; the standing
    is lowered by them.

Not checked, because a bundle cannot show it: that the model behind the trials was the one named,
and that a judge read a reply rightly. Both are what the runner's signature stands for.
"""

from shipworthy_verify.procedure import Check, Failure, Verification, verify_bundle

__all__ = ["Check", "Failure", "Verification", "verify_bundle"]
