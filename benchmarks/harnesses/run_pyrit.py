"""`samples` single-turn attacks through PyRIT: in-memory store, substring scorer."""

import asyncio
import json
import sys
import time
from pathlib import Path

from pyrit.executor.attack import AttackExecutor, AttackScoringConfig, PromptSendingAttack
from pyrit.prompt_target import OpenAIChatTarget
from pyrit.score import SubStringScorer
from pyrit.setup import IN_MEMORY, initialize_pyrit_async


async def main(url: str, samples: int, out: Path) -> None:
    prompts = json.loads((out / "prompts.json").read_text())
    await initialize_pyrit_async(IN_MEMORY, load_defaults=False, silent=True)
    attack = PromptSendingAttack(
        objective_target=OpenAIChatTarget(endpoint=url, api_key="none", model_name="mock"),
        attack_scoring_config=AttackScoringConfig(
            objective_scorer=SubStringScorer(substring="Sure, here is", categories=["compliance"])
        ),
    )
    started = time.perf_counter()
    result = await AttackExecutor(max_concurrency=64).execute_attack_async(
        attack=attack, objectives=[prompts[n % len(prompts)] for n in range(samples)]
    )
    wall = time.perf_counter() - started
    assert len(result.completed_results) == samples
    print(json.dumps({"samples": samples, "wall_s": wall, "bytes": 0}))


asyncio.run(main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
