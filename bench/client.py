"""Runs a client and measures it from outside, whatever it is: the same ruler for mirror, git and curl."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

MEASURE = Path(__file__).with_name("measure.py")

# In seconds. git takes ten minutes for 50,000 refs.
DEADLINE = 3600


class Failed(Exception):
    pass


@dataclass
class Run:
    """What one run cost. Sizes are bytes, times seconds."""
    wall: float = 0
    cpu: float = 0
    rss: float = 0
    disk: float = 0       # by how much the files of its desk have grown
    blocks: float = 0     # what the kernel counted as written to a disk, names and files that are gone included; some containers do not count
    # From the server's log.
    requests: float = 0
    sent: float = 0
    received: float = 0
    excess: float = 0     # of a bundle object: its size beyond that of the pack which is the least
    # Of many answers: the one in the middle, and that of which one in a hundred is slower.
    p50: float = 0
    p99: float = 0
    output: float = 0     # what it printed
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

    def run(self, commands: list[list[str]], status: int = 0) -> Run:
        """Runs commands one after the other as if they were one client, each of which must end with a status."""
        run = Run()
        before = size_of(self.folder)
        for command in commands:
            cost = self._run(command, status)
            run.wall += cost["wall"]
            run.cpu += cost["cpu"]
            run.rss = max(run.rss, cost["rss"])
            run.blocks += cost["blocks"]
            run.output += self.output.stat().st_size
        run.disk = size_of(self.folder) - before
        return run

    def _run(self, command: list[str], status: int) -> dict:
        measure = [sys.executable, "-I", "-S", MEASURE, str(DEADLINE), self.output, *command]
        # In a session of its own, so that Ctrl-C comes to us alone.
        process = subprocess.Popen(measure, cwd=self.cwd, env=self.environment, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            cost = json.loads(process.communicate()[0])
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if cost["exit"] != status:
            last = " / ".join(line[:500] for line in self.output.read_text(errors="replace").splitlines()[-3:])
            raise Failed(f"{Path(command[0]).name} ended with {cost['exit']}: {last}")
        return cost


def size_of(folder: Path) -> int:
    return sum(os.lstat(os.path.join(root, name)).st_size for root, _, names in os.walk(folder) for name in names)
