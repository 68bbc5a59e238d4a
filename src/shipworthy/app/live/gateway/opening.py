"""A gateway put together from its deployment file: stack, log, limits, the way to the model."""

import asyncio
import importlib.util
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from shipworthy.app.live.deployment_file import DeploymentFile
from shipworthy.app.live.gateway.stacks import BuiltStack
from shipworthy.app.preparation import Surroundings
from shipworthy.instruments.targets.openai.credential import credential_from
from shipworthy.kernel import ExitCode, Problem, system_reason
from shipworthy.records.live.deployments import Deployment
from shipworthy.traffic.dialects import DIALECTS_BY_PATH
from shipworthy.traffic.gateway.addresses import Listening, upstream_address
from shipworthy.traffic.gateway.admission import AccountLimits, Accounts, Gate, Memory, StopSwitch
from shipworthy.traffic.gateway.gateway import Gateway
from shipworthy.traffic.gateway.keeping.journal import Journal
from shipworthy.traffic.gateway.keeping.naming import exchange_names
from shipworthy.traffic.gateway.keeping.times import SteadyClock
from shipworthy.traffic.gateway.serving import Serving, served
from shipworthy.traffic.gateway.state import GatewayState
from shipworthy.traffic.gateway.telling.export import OtlpExporter, read_headers
from shipworthy.traffic.gateway.telling.metrics import Metrics
from shipworthy.traffic.gateway.wire import Upstream
from shipworthy.traffic.logs import open_writer

FrontName = Literal["fast", "portable"]
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Inside:
    """What a gateway is opened with besides its file.

    Attributes:
        surroundings: plug-ins, environment, time.
        front: which front serves.
        say: prints a line for the people who run the gateway.
        clock: times of records.
        prefix: of the names of exchanges; drawn at random when empty.
    """

    surroundings: Surroundings
    front: FrontName
    say: Callable[[str], None]
    clock: SteadyClock
    prefix: str = ""


def chosen_front(wanted: str) -> FrontName:
    """Return the front to serve with: the fast one where its packages are installed.

    Raises:
        Problem: `extra-missing` when the fast one was asked for and is not installed.
    """
    found = all(importlib.util.find_spec(name) for name in ("httptools", "uvloop"))
    if wanted == "portable" or (wanted == "auto" and not found):
        return "portable"
    if not found:
        raise Problem.of(
            "extra-missing",
            "the fast front needs packages that are not installed",
            help="pip install 'shipworthy[gateway]', or serve with `--front portable`",
            exit_code=ExitCode.ENVIRONMENT,
        )
    return "fast"


def run_loop(work: Callable[[], Any], front: FrontName) -> Any:
    """Run a coroutine to its end on the event loop of a front."""
    factory = None
    if front == "fast" and sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work())


async def open_gateway(file: DeploymentFile, built: BuiltStack, inside: Inside) -> Gateway:
    """Open the log and everything else a gateway needs; nothing listens yet.

    Raises:
        Problem: for a missing key, a log that cannot be opened, or an address that is none.
    """
    deployment = built.deployment
    environment = inside.surroundings.environment
    with file.placed("accounts", "key_variable"):
        accounts = Accounts(deployment.accounts, environment)
    serving = open_serving(file, built, inside)
    limits = deployment.limits
    with file.placed("log"):
        writer = await open_writer(deployment.log.kind, file.log_options(deployment.log))
    state = GatewayState(
        clock=inside.clock,
        name=exchange_names(inside.prefix),
        accounts=accounts,
        limits=AccountLimits(limits),
        gate=Gate(limits.concurrent_in_all, limits.waiting, limits.waiting_seconds),
        memory=Memory(limits.memory_mib * _MIB),
        journal=Journal(writer, deployment.log),
        log=deployment.log,
        metrics=Metrics(),
        say=inside.say,
        conversation_header=deployment.accounts.conversation_header.lower().encode(),
    )
    if deployment.telemetry is not None:
        named = deployment.telemetry.headers_variable
        headers = read_headers(environment.get(named, "")) if named else {}
        name = deployment.deployment.name
        state.exporter = OtlpExporter(deployment.telemetry, headers, name)
    return Gateway(serving, state, StopSwitch(file.state))


def open_serving(
    file: DeploymentFile, built: BuiltStack, inside: Inside, before: Serving | None = None
) -> Serving:
    """Put one version together; the way to the model is kept where its settings are the same."""
    section = built.deployment.upstream
    with file.placed("upstream", "key_variable"):
        key = credential_from(inside.surroundings.environment, section.key_variable, str(file.path))
    if before is not None and before.deployment.upstream == section:
        upstream = before.upstream
    else:
        upstream = _upstream(built.deployment, inside.front)
    return served(built.deployment, built.engine, DIALECTS_BY_PATH, upstream, key)


def bind(where: Listening) -> socket.socket:
    """Bind a listening socket; a Unix socket that nobody listens on any more is replaced.

    Raises:
        Problem: `gateway-listen`.
    """
    try:
        if where.path:
            return _bind_path(Path(where.path))
        family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((where.host, where.port))
    except OSError as error:
        shown = where.path or f"{where.host}:{where.port}"
        raise Problem.of(
            "gateway-listen",
            f"cannot listen on `{shown}`: {system_reason(error)}",
            help="end what has it, or name another address of this machine in `listen` or `admin`",
            exit_code=ExitCode.ENVIRONMENT,
        ) from None
    bound.settimeout(0)
    return bound


def _bind_path(path: Path) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    if path.is_socket():
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            if probe.connect_ex(str(path)) != 0:
                path.unlink()
    bound.bind(str(path))
    path.chmod(0o600)
    bound.settimeout(0)
    return bound


def _upstream(deployment: Deployment, front: FrontName) -> Upstream:
    address = upstream_address(deployment.upstream.url)
    if front == "fast":
        from shipworthy.traffic.gateway.fast import Pool

        return Pool(deployment.upstream, address)
    from shipworthy.traffic.gateway.portable import AiohttpUpstream

    return AiohttpUpstream(deployment.upstream, address)
