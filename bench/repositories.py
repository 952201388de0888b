"""The repositories that are measured on: given, from the corpora, or made here, the same ones every time."""

import hashlib
import os
import random
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import BinaryIO, Callable, Iterator

from server import WORKER

Refs = dict[str, str]


def git(repository: Path, *arguments: str, data: bytes | None = None, to: BinaryIO | None = None) -> str:
    """git with nobody's configuration, on any repository, whoever owns it. Its output is returned, unless it goes to a file."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
    command = ["git", "-c", "safe.directory=*", f"--git-dir={repository}", *arguments]
    done = subprocess.run(command, input=data, env=environment, check=True, stdout=to or subprocess.PIPE)
    return "" if to else done.stdout.decode()


def refs_of(repository: Path, prefixes: tuple[str, ...] = ("refs/",)) -> Refs:
    lines = git(repository, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return {name: tip for name, tip in (line.split(" ") for line in lines) if name.startswith(prefixes)}


def pack_size(repository: Path) -> int:
    return sum(pack.stat().st_size for pack in repository.glob("objects/pack/*.pack"))


def create_empty(path: Path, like: Path) -> None:
    git(path, "init", "--quiet", "--bare", "--template=", f"--object-format={git(like, 'rev-parse', '--show-object-format').strip()}")


def copy(template: Path, path: Path) -> None:
    shutil.copytree(template, path)


def give_to_server(path: Path) -> None:
    """Apache's workers push as another user when we are root."""
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", WORKER, path], check=True)


def write_push(path: Path, source: Path, refs: Refs, before: Refs) -> None:
    """
    The body of a push to receive-pack that moves a target from some refs to others: gitprotocol-pack(5), with the same
    capabilities that matter for the server's work as mirror's, and the pack that upload-pack would have sent.
    """
    null = "0" * len(next(iter(refs.values())))
    capabilities = f"report-status-v2 side-band-64k atomic object-format={'sha1' if len(null) == 40 else 'sha256'}"
    with path.open("wb") as body:
        for name, tip in sorted(refs.items()):
            old = before.get(name, null)
            if old != tip:
                line = f"{old} {tip} {name}" + ("" if body.tell() else f"\0 {capabilities}")
                body.write(f"{len(line.encode()) + 4:04x}{line}".encode())
        body.write(b"0000")
        body.flush()
        tips = [*sorted(set(refs.values())), *(f"^{tip}" for tip in sorted(set(before.values())))]
        git(source, "pack-objects", "--revs", "--thin", "--stdout", "--delta-base-offset", "-q",
            data="".join(f"{tip}\n" for tip in tips).encode(), to=body)


class Cache:
    """Repositories that take long to make, kept between runs."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def large(self) -> Path:
        return self._made("large-v1.git", import_large)

    def text(self, commits: int) -> Path:
        # Not repacked: as after a small push, each object is by itself. Packed, the newer text is whole and the older one the
        # difference, and no server looks for another way to say it: what follows would be 4 MB, for git as for us.
        return self._made(f"text{commits}-v2.git", lambda path: import_into(path, growing_text(commits)))

    def small(self) -> Path:
        return self._made("small-v1.git", lambda path: import_into(path, linear(20)))

    def refs8500(self) -> Path:
        return self._made("refs8500-v1.git", import_8500_refs)

    def corpora(self, generator: Path) -> Path:
        version = hashlib.sha256(generator.read_bytes()).hexdigest()[:12]
        return self._made(f"corpora-{version}",
                          lambda path: subprocess.run(["bash", generator, path], check=True, stdout=subprocess.DEVNULL))

    def _made(self, name: str, make: Callable[[Path], object]) -> Path:
        """It gets its name only once it is complete."""
        path = self.folder / name
        if not path.exists():
            with tempfile.TemporaryDirectory(prefix=f"{name}.", dir=self.folder) as unfinished:
                make(Path(unfinished, name))
                Path(unfinished, name).rename(path)
        return path


def import_into(path: Path, stream: Iterator[bytes]) -> None:
    git(path, "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    process = subprocess.Popen(["git", f"--git-dir={path}", "fast-import", "--quiet", "--done"], stdin=subprocess.PIPE)
    for part in stream:
        process.stdin.write(part)
    process.stdin.close()
    if process.wait() != 0:
        raise RuntimeError("git fast-import failed")


def import_large(path: Path) -> None:
    import_into(path, linear(165_000))
    git(path, "repack", "-adq")


def import_8500_refs(path: Path) -> None:
    import_into(path, linear(2_000))
    git(path, "repack", "-adq")
    commits = git(path, "rev-list", "--reverse", "main").split()
    names = [f"refs/heads/topic/{i:04d}" for i in range(7_999)] + [f"refs/tags/v{i}" for i in range(500)]
    lines = [f"create {name} {commits[i * 7919 % len(commits)]}\n" for i, name in enumerate(names)]
    git(path, "update-ref", "--stdin", data="".join(lines).encode())
    git(path, "pack-refs", "--all", "--prune")


def commit(number: int, name: str, content: str) -> bytes:
    message, data = f"commit {number}\n", content.encode()
    head = f"commit refs/heads/main\nmark :{number + 1}\ncommitter gen <gen@example.invalid> {1_600_000_000 + number * 60} +0000\n"
    return f"{head}data {len(message)}\n{message}M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


def words(chance: random.Random) -> list[str]:
    return ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(3_000)]


def linear(count: int) -> Iterator[bytes]:
    """A straight history in which every commit changes one line of one of 200 files, as the corpora's linear20k."""
    chance = random.Random(42)
    vocabulary = words(chance)
    files = [[" ".join(chance.choices(vocabulary, k=8)) for _ in range(40)] for _ in range(200)]
    for number in range(count):
        which = chance.randrange(200)
        lines = files[which]
        lines[chance.randrange(40)] = " ".join(chance.choices(vocabulary, k=8))
        yield commit(number, f"d{which % 10}/f{which}.txt", "\n".join(lines) + "\n")
    yield b"done\n"


def growing_text(commits: int) -> Iterator[bytes]:
    """A text of 10 MB, to which each further commit appends one line."""
    chance = random.Random(7)
    vocabulary = words(chance)
    text, size = [], 0
    while size < 10_000_000:
        text.append(" ".join(chance.choices(vocabulary, k=12)) + "\n")
        size += len(text[-1])
    for number in range(commits):
        yield commit(number, "text.txt", "".join(text) + f"line {number}\n" * number)
    yield b"done\n"
