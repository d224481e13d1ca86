"""Run a program that must not outlive the one that started it.

``python -m platform_cli.local.guard PROGRAM [ARGUMENTS]``

The parent holds this process's standard input open. When the parent ends, in any
way, the pipe closes and the program's whole process group is stopped. This works
the same on Linux and macOS, and for a parent that was killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

GRACE_SECONDS = 5.0


def main(command: list[str]) -> int:
    """Run *command* until it ends or standard input closes; return its exit code."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    # A Ctrl-C in the terminal reaches us too; the parent decides when we end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Not in the handler: it runs inside the wait below, and would never see the program's end.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=stop, args=(child,)).start())
    watcher = threading.Thread(target=_stop_at_end_of_input, args=(child,), daemon=True)
    watcher.start()
    return child.wait()


def stop(child: subprocess.Popen[bytes]) -> None:
    """End the process group of *child*: asked first, then killed."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            return
        try:
            child.wait(GRACE_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    # What the program itself has started may still be there.
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _stop_at_end_of_input(child: subprocess.Popen[bytes]) -> None:
    while os.read(0, 1024):
        pass
    stop(child)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
