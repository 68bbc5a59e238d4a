"""Runs commands of Shipworthy, each in a new process that starts with the imports already made.

Starting Python and importing everything costs a command more than its work. This server imports
once; for each command it forks, and the fork gets the arguments, folder, environment and output
files of the command, and runs its module as `python -m` does.

    python command_server.py SOCKET MODULE PACKAGES SKIPPED

It needs the standard library only, and ends when its standard input is closed.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path


def preload(packages, skipped):
    """Import modules; of a package named `name.*`, all modules save those that are skipped."""
    for name in packages:
        package = importlib.import_module(name.removesuffix(".*"))
        inside = package.__path__ if name.endswith(".*") else ()
        for found in pkgutil.walk_packages(inside, f"{package.__name__}."):
            if found.name not in skipped and not found.name.endswith("__main__"):
                _import(found.name, package.__name__)
    # a fork has one thread only: whatever another one held would stay held for ever
    threads = Path("/proc/self/task")
    assert not threads.is_dir() or len(list(threads.iterdir())) == 1, "an import started a thread"
    gc.collect()
    gc.freeze()


def _import(name, package):
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as missing:
        # an extra that is not installed: who needs it will say so
        if missing.name.startswith(package):
            raise


def requested(connection):
    """Read a request: one line of JSON."""
    with connection.makefile() as lines:
        return json.loads(lines.readline())


def keep(connection):
    """In a fork: start the process of the command; tell its id and how it ended."""
    request = requested(connection)
    child = os.fork()
    if not child:
        connection.close()
        return request
    connection.sendall(f"{child}\n".encode())
    _, status = os.waitpid(child, 0)
    try:
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    finally:
        os._exit(0)


def serve(listener):
    """Fork for each request; return the request in the process of a command, None at the end."""
    while True:
        ready, _, _ = select.select([listener, 0], [], [])
        if 0 in ready:
            return None
        connection, _ = listener.accept()
        if not os.fork():
            listener.close()
            return keep(connection)
        connection.close()
        while _reaped():
            pass


def _reaped():
    try:
        return os.waitpid(-1, os.WNOHANG)[0]
    except ChildProcessError:
        return 0


def become(request):
    """Make this process what a new interpreter would be in the folder of the command."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["stdout"], os.O_WRONLY),
        (2, request["stderr"], os.O_WRONLY),
    ):
        opened = os.open(path, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.path.insert(0, str(Path.cwd()))
    importlib.invalidate_caches()


def leave(code):
    """End as an interpreter does, save that what was imported before the fork is not taken down.

    Threads end, exit handlers run, what the command left behind is collected and may complain.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(path, module, packages, skipped):
    """Serve until standard input is closed; in a fork, run the module."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    del sys.path[0]
    preload(packages.split(), [*skipped.split(), module])
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("ready", flush=True)
    request = serve(listener)
    if request is None:
        shutil.rmtree(Path(path).parent, ignore_errors=True)
    else:
        become(request)
        sys.argv[1:] = request["arguments"]
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            if isinstance(ended.code, int):
                leave(ended.code)
            raise


if __name__ == "__main__":
    main(*sys.argv[1:])
