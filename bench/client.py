"""Runs a client and measures it from outside, whatever it is: the same ruler for mirror, git and curl."""

import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

# A client that hangs must not stop the others from being measured. git takes ten minutes for 50,000 refs.
DEADLINE = 3600


class Failed(Exception):
    pass


@dataclass
class Run:
    """What one run cost. Sizes are bytes, times seconds."""
    wall: float = 0
    cpu: float = 0
    rss: float = 0
    disk: float = 0
    # From the server's log.
    requests: float = 0
    sent: float = 0
    received: float = 0
    pushed: float = 0     # the bodies, with headers, that went to receive-pack: no pack is larger

    def per(self, count: int) -> "Run":
        """For one of many mirrors; memory is not divided, since all of them were in it."""
        parts = {name: value / count for name, value in vars(self).items()}
        return Run(**{**parts, "rss": self.rss})


class Desk:
    """A place where a client finds nothing of anybody else's: home, temporary files and working directory are its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.cwd = folder / "cwd"
        for name in ("home", "tmp", "cwd"):
            (folder / name).mkdir(parents=True)
        # Beside the desk, since it is not the client that writes it.
        self.output = folder.with_name(f"{folder.name}.output")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "TMPDIR": str(self.folder / "tmp"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            "DOTNET_ROOT": str(Path(shutil.which("dotnet")).resolve().parent),
        }

    def run(self, commands: list[list[str]]) -> Run:
        """Runs commands one after the other as if they were one client."""
        run = Run()
        before, written = size_of(self.folder), 0
        for command in commands:
            started = time.monotonic()
            usage = self._run(command)
            run.wall += time.monotonic() - started
            # These are of the process and of all below it that were waited for, as git does with its own. The largest resident
            # set is that of one process. It is at least our own, since a new process begins as a copy of us: about 20 MB.
            run.cpu += usage.ru_utime + usage.ru_stime
            run.rss = max(run.rss, usage.ru_maxrss * 1024)
            written += usage.ru_oublock * 512
        # What is left on the desk, or what the kernel says was written, which sees files that are gone. Some containers do not
        # count the latter, then it is 0.
        run.disk = max(size_of(self.folder) - before, written)
        return run

    def _run(self, command: list[str]):
        with self.output.open("w") as output:
            process = subprocess.Popen(command, cwd=self.cwd, env=self.environment, start_new_session=True,
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        overdue = threading.Timer(DEADLINE, os.killpg, (process.pid, signal.SIGKILL))
        overdue.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        finally:
            overdue.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            last = " / ".join(self.output.read_text(errors="replace").splitlines()[-3:])
            raise Failed(f"{Path(command[0]).name} ended with {process.returncode}: {last}")
        return usage


def size_of(folder: Path) -> int:
    return sum(os.lstat(os.path.join(root, name)).st_size for root, _, names in os.walk(folder) for name in names)
