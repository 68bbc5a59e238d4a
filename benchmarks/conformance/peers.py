"""The suite for gateways, run on our gateway and on others, each with a guard of its own.

    python benchmarks/conformance/peers.py --install FOLDER --out results.json

Optional: nothing else needs the peers. `--install` needs pip, npm and Node.js 20 or later, and
brings the pinned versions into FOLDER, environments of Python and a prefix of npm. Without it,
only our own gateway is tested. `--only NAME` runs one set-up; the names are in `set_ups.py`.

Everything listens on the loopback interface and is ended at the end.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from set_ups import DIALECTS, KEY, OPENAI, SET_UPS, Ports, SetUp, litellm, nemo, ours, portkey
from tables import tables

LITELLM = "1.106.2"
PORTKEY = "1.15.2"
NEMO = "0.24.1"
# the versions that its own lock file names: with newer ones every stream is answered with 500
PORTKEY_NEEDS = ("@hono/node-server@1.13.5", "hono@4.9.7", "@hono/node-ws@1.2.0")
COMMAND = (sys.executable, "-m", "shipworthy.cli.main", "gateway")
# it listens on every interface and has no option for that
LOOPBACK = """
const { Server } = require("node:net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (first, ...rest) {
  const where = typeof first === "object" ? first : { port: first };
  const heard = rest.filter((one) => typeof one === "function");
  return listen.call(this, { ...where, host: "127.0.0.1" }, ...heard);
};
"""
# its command listens on every interface, and has no option for that either
NEMO_START = """
import sys, uvicorn
from nemoguardrails.server import api
api.app.rails_config_path = sys.argv[1]
api.set_default_config_id("mark")
uvicorn.run(api.app, host="127.0.0.1", port=int(sys.argv[2]))
"""


def install(folder: Path) -> None:
    """Bring the peers into a folder."""
    if not (shutil.which("npm") and shutil.which("node")):
        raise SystemExit("`--install` needs npm and Node.js 20 or later on the path")
    wanted = {
        "litellm": f"litellm[proxy]=={LITELLM}",
        "nemo": f"nemoguardrails[server,openai]=={NEMO}",
    }
    for name, package in wanted.items():
        python = folder / name / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", folder / name], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", package], check=True)
    names = [f"@portkey-ai/gateway@{PORTKEY}", *PORTKEY_NEEDS]
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    command = ["npm", "install", "--prefix", str(folder / "portkey"), *options, *names]
    subprocess.run(command, check=True)


@contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[None]:
    """Run a gateway, its words in a file; end it."""
    with (folder / "gateway.log").open("ab") as log:
        # no peer tells anybody that it runs
        surroundings = {**os.environ, "DO_NOT_TRACK": "1", **environment}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=surroundings, cwd=folder)
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)


def free_ports() -> Ports:
    """Return ports that nobody has."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    numbers = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return Ports(*numbers)


def conform(set_up: SetUp, ports: Ports, folder: Path, headers, dialects) -> dict:
    """Run the suite; return its document."""
    command = [*COMMAND, "conform", f"http://127.0.0.1:{ports.gateway}"]
    command += ["--model-port", str(ports.model), "--wait", "120", "--timeout", "10"]
    command += ["--format", "json"]
    for header in headers:
        command += ["--header", header]
    for dialect in dialects:
        command += ["--dialect", dialect]
    if set_up.judge:
        command += ["--judge-port", str(ports.judge), "--judge-says", *set_up.judge]
        command += ["--part", "judge"]
    with (folder / "suite.log").open("ab") as log:
        found = subprocess.run(command, stdout=subprocess.PIPE, stderr=log, check=False)
    if not found.stdout:
        said = (folder / "suite.log").read_text()[-2000:], (folder / "gateway.log").read_text()
        raise SystemExit(f"{set_up.name}: the suite said nothing\n{said[0]}\n{said[1][-2000:]}")
    return json.loads(found.stdout)


def run_ours(set_up: SetUp, folder: Path, _peers: Path) -> list[dict]:
    ports = free_ports()
    (folder / "deployment.toml").write_text(ours(set_up, ports))
    front = set_up.settings.get("front", "fast")
    command = [*COMMAND, "serve", str(folder / "deployment.toml"), "--front", front]
    with running(command, folder):
        return [conform(set_up, ports, folder, [f"Authorization: Bearer {KEY}"], DIALECTS)]


def run_litellm(set_up: SetUp, folder: Path, peers: Path) -> list[dict]:
    ports = free_ports()
    (folder / "config.yaml").write_text(litellm(set_up, ports))
    command = [str(peers / "litellm" / "bin" / "litellm"), "--config", "config.yaml"]
    command += ["--host", "127.0.0.1", "--port", str(ports.gateway), "--telemetry", "False"]
    with running(command, folder, LITELLM_LOCAL_MODEL_COST_MAP="True"):
        return [conform(set_up, ports, folder, [f"Authorization: Bearer {KEY}"], DIALECTS)]


def run_portkey(set_up: SetUp, folder: Path, peers: Path) -> list[dict]:
    """Run it twice: the config names one provider, and a provider has its dialects."""
    ports = free_ports()
    (folder / "loopback.cjs").write_text(LOOPBACK)
    start = peers / "portkey" / "node_modules/@portkey-ai/gateway/build/start-server.js"
    command = ["node", "--require", "./loopback.cjs", str(start), f"--port={ports.gateway}"]
    documents = []
    with running([*command, "--headless"], folder, NODE_ENV="production"):
        for provider, dialects in (("openai", OPENAI), ("anthropic", ("messages",))):
            config = f"x-portkey-config: {portkey(set_up, ports, provider)}"
            documents.append(conform(set_up, ports, folder, [config], dialects))
    return documents


def run_nemo(set_up: SetUp, folder: Path, peers: Path) -> list[dict]:
    """Run it for chat, the only dialect that it has."""
    ports = free_ports()
    (folder / "configs" / "mark").mkdir(parents=True)
    (folder / "configs" / "mark" / "config.yml").write_text(nemo(ports))
    python = str(peers / "nemo" / "bin" / "python")
    command = [python, "-c", NEMO_START, str(folder / "configs"), str(ports.gateway)]
    environment = {"MAIN_MODEL_ENGINE": "openai", "MAIN_MODEL_BASE_URL": f"{ports.upstream}/v1"}
    with running(command, folder, OPENAI_API_KEY="none", **environment):
        return [conform(set_up, ports, folder, (), ("chat",))]


RUN = {"ours": run_ours, "litellm": run_litellm, "portkey": run_portkey, "nemo": run_nemo}


def versions(peers: Path | None) -> dict[str, str]:
    """Return what is installed, which need not be what is pinned."""
    if peers is None:
        return {}
    found = {}
    for name, package in (("litellm", "litellm"), ("nemo", "nemoguardrails")):
        asked = f"import importlib.metadata as m; print(m.version('{package}'))"
        python = str(peers / name / "bin" / "python")
        found[name] = subprocess.check_output([python, "-c", asked], text=True).strip()
    package = peers / "portkey" / "node_modules/@portkey-ai/gateway/package.json"
    node = subprocess.check_output(["node", "--version"], text=True).strip()
    return {
        **found,
        "portkey": json.loads(package.read_text())["version"],
        "node": node,
        "python": sys.version.split()[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--install", type=Path, help="bring the peers into this folder first")
    parser.add_argument("--peers", type=Path, help="the folder of an earlier `--install`")
    parser.add_argument("--only", action="append", choices=[one.name for one in SET_UPS])
    parser.add_argument("--out", type=Path, help="write every case as JSON")
    given = parser.parse_args()
    peers = (given.install or given.peers or Path()).absolute()
    if given.install:
        install(peers)
    known = given.install or given.peers
    chosen = [one for one in SET_UPS if not given.only or one.name in given.only]
    chosen = [one for one in chosen if known or one.gateway == "ours"]
    results = []
    for set_up in chosen:
        with tempfile.TemporaryDirectory() as name:
            documents = RUN[set_up.gateway](set_up, Path(name), peers)
        results.append(
            {
                "gateway": set_up.gateway,
                "name": set_up.name,
                "front": set_up.settings.get("front", "fast") if set_up.gateway == "ours" else "",
                "how": set_up.how,
                "judge": bool(set_up.judge),
                "exits": [document["exit"] for document in documents],
                "cases": [case for document in documents for case in document["cases"]],
            }
        )
        print(f"{set_up.name}: exits {results[-1]['exits']}", file=sys.stderr)
    document = {"versions": versions(peers if known else None), "results": results}
    if given.out:
        given.out.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    print(document["versions"])
    print("\n".join(tables(results)))


if __name__ == "__main__":
    main()
