"""The rows of memory: the peak of a run against what the number of refs allows it, with honest remotes and with others."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Iterator

from client import Failed, Run
from partition import PartitionRow, Site, Turn
from report import Target

FAKE = Path(__file__).with_name("fakegit.py")

# 80 MB, and for each ref beyond so many 0.6 kB, to two millions of them; more are refused, and then cost no more.
BASE, FREE, EACH, MOST = 80e6, 50_000, 600, 2_000_000

# The largest head that is read. Of those over 8 MB a process holds one at a time.
HEAD = 160 * 1024 * 1024
JUNK = 150_000_000


def allowed(count: int) -> float:
    return BASE + EACH * (min(count, MOST) - FREE if count > FREE else 0)


@contextlib.contextmanager
def fake_server() -> Iterator[str]:
    process = subprocess.Popen([sys.executable, "-I", "-B", FAKE], stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


def row(name: str, title: str, command: str, run, limit: float, *more: Target) -> PartitionRow:
    def mirror(turn: Turn) -> Run:
        with fake_server() as server:
            return run(turn, server)

    return PartitionRow(name, title, [Target("rss", limit), Target("cpu"), Target("wall"), *more], {"mirror": mirror}, {"mirror": command})


def rows() -> Iterator[tuple[str, PartitionRow]]:
    for each in (*syncs(), *partitions(), *hostile()):
        yield each.name, lambda each=each: each


def syncs() -> Iterator[PartitionRow]:
    for count in (50_000, 100_000, 2_000_000):
        yield row(f"memory-sync-{short(count)}", f"{count:,} refs into an empty target, each of a commit of its own", "mirror sync",
                  lambda turn, server, count=count: sync(turn, server, count), allowed(count))
    yield row("memory-again-100k", "nothing to do for 100,000 refs", "mirror sync", again, allowed(100_000))
    yield row("memory-sync-3m", "3,000,000 refs, which are refused", "mirror sync",
              lambda turn, server: sync(turn, server, 3_000_000, status=1), allowed(3_000_000))


def partitions() -> Iterator[PartitionRow]:
    for count in (50_000, 100_000, 2_000_000):
        yield row(f"memory-produce-{short(count)}", f"{count:,} refs into a bucket", "mirror produce",
                  lambda turn, server, count=count: produce(turn, server, count), allowed(count))
        yield row(f"memory-consume-{short(count)}", f"{count:,} refs out of a bucket into an empty target", "mirror consume",
                  lambda turn, server, count=count: consume(turn, server, count), allowed(count))
    yield row("memory-produce-again-100k", "nothing to do for 100,000 refs that are in a bucket", "mirror produce",
              lambda turn, server: produce(turn, server, 100_000, before=1), allowed(100_000))
    yield row("memory-produce-full-100k", "100,000 refs that are in a bucket, once more", "mirror produce --full",
              lambda turn, server: produce(turn, server, 100_000, before=1, option="--full"), allowed(100_000))


def hostile() -> Iterator[PartitionRow]:
    for count in (100_000, 900_000):
        # The line of JSON, and what is said beside it.
        yield row(f"memory-latin1-{short(count)}", f"a source with {count:,} names that are not UTF-8", "mirror sync --json",
                  lambda turn, server, count=count: sync(turn, server, count, kind="latin1", status=1), allowed(count), Target("output", 100e3))
    yield row("memory-junk-heads", f"8 heads of {JUNK / 1e6:.0f} MB of junk, at -j 8", "mirror consume -j 8",
              lambda turn, server: heads(turn, server, replay=False), BASE)
    yield row("memory-forged-heads", "the same behind a signature that belongs to another text", "mirror consume -j 8",
              lambda turn, server: heads(turn, server, replay=True), BASE + HEAD)


def short(count: int) -> str:
    return f"{count // 1_000_000}m" if count >= 1_000_000 else f"{count // 1_000}k"


def sync(turn: Turn, server: str, count: int, kind: str = "plain", status: int = 0) -> Run:
    command = ["mirror", "sync", "--json", "--quiet", "SOURCE", "TARGET"]
    return turn.run([command], status, SOURCE=f"{server}/source/{count}/{kind}/s.git", TARGET=f"{server}/target/t.git")


def again(turn: Turn, server: str) -> Run:
    command = [turn.bench.mirror, "sync", "--quiet", f"{server}/source/100000/plain/s.git", f"{server}/target/t.git"]
    subprocess.run(command, check=True)
    return sync(turn, server, 100_000)


def produce(turn: Turn, server: str, count: int, before: int = 0, option: str = "") -> Run:
    site = turn.site((f"{server}/source/{count}/plain/s.git", f"{server}/target/t.git"))
    for _ in range(before):
        site.run("produce")
    run = turn.run([["mirror", "produce", "--quiet", "-c", "CONFIG", *option.split()]], CONFIG=str(site.configuration))
    if len(site.bundles()) != (2 if option else 1):
        raise Failed(f"ended well, but there are {len(site.bundles())} bundles")
    return run


def consume(turn: Turn, server: str, count: int) -> Run:
    site = turn.site((f"{server}/source/{count}/plain/s.git", f"{server}/target/t.git"))
    site.run("produce")
    return turn.run([["mirror", "consume", "--quiet", "-c", "CONFIG"]], CONFIG=str(site.configuration))


def heads(turn: Turn, server: str, replay: bool) -> Run:
    site = turn.site(*((f"{server}/source/1/plain/s.git", f"{server}/target/t{i}.git") for i in range(8)))
    site.run("produce")
    found = sorted((site.folder / "bucket").rglob("*.head.age"))
    if len(found) != 8:
        raise Failed(f"there are {len(found)} heads")
    with tempfile.TemporaryDirectory(dir=turn.folder) as made:
        sealed = Path(made, "sealed")
        write_junk(sealed, site, signature_of(found[0], site) if replay else b"")
        for head in found:
            shutil.copyfile(sealed, head)
    return turn.run([["mirror", "consume", "--quiet", "-j", "8", "-c", "CONFIG"]], 1, CONFIG=str(site.configuration))


def signature_of(head: Path, site: Site) -> bytes:
    text = subprocess.run(["age", "--decrypt", "--identity", site.folder / "keys/age.key", head], check=True, stdout=subprocess.PIPE).stdout
    return text[:text.index(b"\n\n") + 2]


def write_junk(sealed: Path, site: Site, start: bytes) -> None:
    age = subprocess.Popen(["age", "--recipient", site.recipient, "--output", sealed], stdin=subprocess.PIPE)
    age.stdin.write(start)
    piece = os.urandom(1_000_000)
    for _ in range(JUNK // len(piece)):
        age.stdin.write(piece)
    age.stdin.close()
    if age.wait() != 0:
        raise Failed("age failed")
