"""The canaries of a campaign: put to its judges in every run, and counted before a draft."""

from shipworthy.app.registration.campaigns import OpenCampaign
from shipworthy.app.registration.runs import RunRecorder
from shipworthy.evidence import BlobStore, accounted_canaries
from shipworthy.instruments.judges import JUDGES
from shipworthy.instruments.judges.calibration import answer_of, canaries_of
from shipworthy.kernel import canonical_bytes, read_record
from shipworthy.records import AnswerKey, CampaignPlan, CanaryResult
from shipworthy.stages.evaluating import Canary, CanaryMixer, canary_order, canary_results


def keep_answer_keys(plan: CampaignPlan, store: BlobStore) -> None:
    """Keep the answer keys that a plan names, so that its digests can be looked up for good."""
    for judge, digest in plan.canaries.items():
        if digest:
            store.put(canonical_bytes(canaries_of(judge).key))


def answer_keys(campaign: OpenCampaign) -> dict[str, AnswerKey]:
    """Return the answer keys that the plan names, by judge.

    Raises:
        Problem: `blob-missing`, or `blob-altered` (integrity).
    """
    store = BlobStore(campaign.folder.project.store)
    return {
        judge: read_record(store.get(digest), AnswerKey, f"the answer key of judge `{judge}`")
        for judge, digest in campaign.plan.canaries.items()
        if digest
    }


def canary_mixer(campaign: OpenCampaign, recorder: RunRecorder, cells: int) -> CanaryMixer:
    """Return what asks the canaries of a run while its cells start.

    Canaries go to the very judges that assess the trials of the process.
    """

    def ask(canary: Canary) -> None:
        item = canaries_of(canary.judge).items[canary.keyed.item]
        recorder.write_canary(canary, answer_of(JUDGES[canary.judge], item))

    keys = answer_keys(campaign).values()
    return CanaryMixer(canary_order(keys, campaign.plan.seed, recorder.run), cells, ask)


def count_canaries(campaign: OpenCampaign) -> dict[str, CanaryResult]:
    """Return how each judge of the plan did on the canaries of all runs on disk.

    Raises:
        Problem: integrity, when what the log sealed was changed; `blob-missing`.
    """
    runs = accounted_canaries(campaign.folder.canaries, campaign.ledger.entries())
    return canary_results(campaign.plan, answer_keys(campaign), runs)
