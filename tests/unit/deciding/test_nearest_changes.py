"""What would turn a ruling is said without empty places."""

from shipworthy.stages.deciding.remedies import unblocked


def test_topics_that_are_not_shown_to_be_alike_are_told_what_helps():
    blocker = "not shown that fewer than 20 % of the topics lean by more than 0.1"
    told = unblocked("balance-refusal.all.bare", [blocker])
    assert "more pairs of each topic" in told
    assert blocker in told
