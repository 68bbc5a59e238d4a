"""The child process that holds the engine. Run by path; imports nothing of the project.

Protocol: the parent writes one JSON line of settings to standard input and keeps the pipe open.
The child answers with one JSON line, `{"address": ...}` or `{"error": ...}`, and lives until the
pipe closes. A parent that is killed closes the pipe, so no server is ever left behind.
"""

import json
import os
import signal
import sys
import time
import urllib.request
from typing import Any, TextIO


def main() -> None:
    """Serve until the parent is gone."""
    # The terminal's Ctrl-C is for the parent, which still wants its last answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    # The engine prints; the pipe to the parent carries the protocol alone.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    settings = json.loads(sys.stdin.readline())
    try:
        server = _start(settings)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        _answer(answers, {"error": f"{type(error).__name__}"})
        return
    _wait_until_healthy(server.listening_address)
    _answer(answers, {"address": server.listening_address})
    sys.stdin.read()
    # The engine's threads may be in the middle of an answer nobody waits for.
    os._exit(0)


def _start(settings: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = settings["path"]
    # Without an alias every answer would carry the path of the file.
    params.model_alias = {settings["alias"]}
    params.api_keys = [settings["key"]]
    params.n_parallel = settings["slots"]
    params.n_ctx = settings["slots"] * settings["context_tokens"]
    params.cpuparams.n_threads = settings["threads"]
    params.cpuparams_batch.n_threads = settings["threads"]
    params.cache_prompt = settings["cache_prompt"]
    params.cache_ram_mib = settings["cache_mebibytes"]
    params.warmup = False
    params.verbosity = -1
    params.ui = False
    params.offline = True
    params.endpoint_slots = False
    return xllamacpp.Server(params)


def _wait_until_healthy(address: str) -> None:
    # No limit here: the parent's patience is the limit.
    while True:
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):  # noqa: S310 - our own
                return
        except OSError:
            time.sleep(0.02)


def _answer(stream: TextIO, words: dict[str, str]) -> None:
    stream.write(json.dumps(words) + "\n")
    stream.flush()


if __name__ == "__main__":
    main()
