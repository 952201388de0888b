"""The rows of the two halves of a partition: produce and consume beside what people do today with git and age, and beside the servers' floor."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from client import Desk, Failed, Run
from report import Result, Target
from repositories import copy, create_empty, git, give_to_server, pack_size, refs_of, write_push
from server import find

SIDES = """store: {bucket}
state: {state}
age: {{ recipients: [{recipient}], identities: ["file:{keys}/age.key"] }}
signing: {{ key: "file:{keys}/signing_ed25519", trusted: ["{signer}"] }}
mirrors:
"""
RAW_FETCH = ["curl", "--silent", "--show-error", "--fail", "--output", "/dev/null", "--request", "POST", "--data-binary", "@REQUEST",
             "--header", "Content-Type: application/x-git-upload-pack-request", "--header", "Git-Protocol: version=2", "SOURCE/git-upload-pack"]
RAW_POST = ["curl", "--silent", "--show-error", "--fail", "--output", "answer", "--request", "POST", "--upload-file", "BODY",
            "--header", "Content-Type: application/x-git-receive-pack-request", "--header", "Transfer-Encoding: chunked",
            "--header", "Expect:", "TARGET/git-receive-pack"]


@dataclass
class Site:
    """One place with a bucket, keys, and a configuration for both sides; apart from the desk, whose disk is measured."""
    folder: Path
    mirror: Path
    mirrors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def configuration(self) -> Path:
        return self.folder / "mirror.yaml"

    def write(self) -> None:
        keys = self.folder / "keys"
        if not keys.exists():
            subprocess.run([self.mirror, "keygen", keys], check=True, stdout=subprocess.DEVNULL)
        recipient = (keys / "age.key").read_text().splitlines()[0].split()[-1]
        text = SIDES.format(bucket=self.folder / "bucket", state=self.folder / "state", recipient=recipient, keys=keys,
                            signer=(keys / "signing_ed25519.pub").read_text().strip())
        text += "".join(f"  - {{ source: {source}, destination: {target}, name: bench/m{i} }}\n" for i, (source, target) in enumerate(self.mirrors))
        self.configuration.write_text(text)
        self.recipient = recipient

    def run(self, command: str) -> None:
        subprocess.run([self.mirror, command, "--quiet", "-c", self.configuration], check=True)

    def bundles(self) -> list[Path]:
        return sorted((self.folder / "bucket").rglob("*.bundle.age"), key=lambda path: path.stat().st_mtime_ns)


@dataclass
class PartitionRow:
    """A row whose runs are made by functions of their own: they give commands, and what must hold after them."""
    name: str
    title: str
    targets: list[Target]
    contenders: dict[str, Callable]
    commands: dict[str, str]
    prepare: Callable | None = None
    times: int = 1
    # The server has a core to itself, and the client another one.
    apart: bool = False

    def measure(self, bench) -> Result:
        result = Result(self.name, self.title, self.targets, {name: [] for name in self.contenders}, self.commands)
        with tempfile.TemporaryDirectory(dir=bench.work) as shared:
            Path(shared).chmod(0o755)
            given = self.prepare(bench, Path(shared)) if self.prepare else None
            for turn in range(bench.rounds * self.times):
                names = [*self.contenders][turn % len(self.contenders):] + [*self.contenders][:turn % len(self.contenders)]
                for name in names:
                    with tempfile.TemporaryDirectory(dir=bench.work) as folder, tempfile.TemporaryDirectory(dir=bench.apache.repositories) as served:
                        Path(folder).chmod(0o755)
                        Path(served).chmod(0o755)
                        with bench.apache.apart() if self.apart else contextlib.nullcontext():
                            run = self.contenders[name](Turn(bench, Path(folder), Path(served), given))
                        result.runs[name].append(run)
                        bench.say(f"{self.name} {turn + 1}/{bench.rounds * self.times} {name}: wall {run.wall:.3f} s, cpu {run.cpu:.4f} s, rss {run.rss / 1e6:.0f} MB")
        return result


@dataclass
class Turn:
    bench: object
    folder: Path
    served: Path
    given: object

    def url(self, path: Path) -> str:
        return self.bench.apache.url(str(path.relative_to(self.bench.apache.repositories)))

    def serve(self, repository: Path, name: str = "source.git") -> str:
        (self.served / name).symlink_to(repository.resolve())
        return self.url(self.served / name)

    def empty(self, like: Path) -> Path:
        path = self.served / "target.git"
        create_empty(path, like=like)
        give_to_server(self.served)
        return path

    def site(self, *mirrors: tuple[str, str]) -> Site:
        folder = self.folder / "site"
        folder.mkdir(exist_ok=True)
        site = Site(folder, self.bench.mirror, list(mirrors))
        site.write()
        return site

    def run(self, commands: list[list[str]], status: int = 0, /, **places: str) -> Run:
        desk = Desk(self.folder / "desk")
        os.sync()
        position = self.bench.apache.position()
        run = desk.run([[self._placed(word, places) for word in command] for command in commands], status)
        for request in self.bench.apache.requests_since(position):
            run.requests += request.status != 401
            run.sent += request.sent
            run.received += request.received
        return run

    def _placed(self, word: str, places: dict[str, str]) -> str:
        for name, value in {"mirror": str(self.bench.mirror), **places}.items():
            word = value if word == name else word.replace(name, value) if name.isupper() else word
        return word


def produce(source: Path, apart: bool = False) -> PartitionRow:
    def prepare(bench, shared: Path) -> Path:
        tips = "".join(sorted({pkt(f"want {tip}\n") for tip in refs_of(source, ("refs/heads/", "refs/tags/")).values()}))
        request = shared / "request"
        request.write_text(pkt("command=fetch") + pkt(f"object-format={object_format(source)}") + "0001" + pkt("ofs-delta") + tips + pkt("done\n") + "0000")
        return request

    def mirror(turn: Turn) -> Run:
        url = turn.serve(source)
        site = turn.site((url, "http://127.0.0.1:1/never.git"))
        run = turn.run([["mirror", "produce", "--quiet", "-c", "CONFIG"]], CONFIG=str(site.configuration))
        if len(site.bundles()) != 1:
            raise Failed("ended well, but there is not one bundle")
        return run

    def drain(turn: Turn) -> Run:
        return turn.run([RAW_FETCH], REQUEST=str(turn.given), SOURCE=turn.serve(source))

    def by_hand(turn: Turn) -> Run:
        site = turn.site((turn.serve(source), "http://127.0.0.1:1/never.git"))
        commands = [["git", "clone", "--quiet", "--mirror", "SOURCE", "clone.git"],
                    ["git", "-C", "clone.git", "bundle", "create", "--quiet", "../all.bundle", "--all"],
                    ["age", "--recipient", site.recipient, "--output", "all.bundle.age", "all.bundle"]]
        return turn.run(commands, SOURCE=turn.url(turn.served / "source.git"))

    name, title = "produce", f"all of a repository with {pack_size(source) / 1e6:.0f} MB of packs from HTTP into a bucket in a directory"
    targets = [Target("wall", 1.2, "drain"), Target("cpu", 1.0), Target("rss", 80e6), Target("disk", 0)]
    contenders = {"mirror": mirror, "drain": drain}
    commands = {"mirror": "mirror produce", "drain": "the same fetch by curl to /dev/null"}
    if apart:
        return PartitionRow(f"{name}-apart", f"{title}; the server has one core and the client another", targets, contenders, commands, prepare, times=2, apart=True)
    targets += [Target("wall", against="by hand"), Target("cpu", against="by hand")]
    contenders["by hand"] = by_hand
    commands["by hand"] = "git clone --mirror && git bundle create --all && age --recipient"
    return PartitionRow(name, title, targets, contenders, commands, prepare)


def consume(source: Path) -> PartitionRow:
    def prepare(bench, shared: Path) -> tuple[Site, Path]:
        link = bench.apache.repositories / "consumed.git"
        link.symlink_to(source.resolve())
        site = Site(shared, bench.mirror, [(bench.apache.url("consumed.git"), "http://127.0.0.1:1/never.git")])
        site.write()
        site.run("produce")
        link.unlink()
        body = shared / "body"
        write_push(body, source, refs_of(source, ("refs/heads/", "refs/tags/")), {})
        return site, body

    def mirror(turn: Turn) -> Run:
        produced, _ = turn.given
        target = turn.empty(source)
        site = Site(turn.folder / "site", turn.bench.mirror, [("http://127.0.0.1:1/never.git", turn.url(target))])
        shutil.copytree(produced.folder / "keys", site.folder / "keys")
        (site.folder / "bucket").symlink_to(produced.folder / "bucket")
        site.write()
        run = turn.run([["mirror", "consume", "--quiet", "-c", "CONFIG"]], CONFIG=str(site.configuration))
        return checked(run, target, source)

    def raw(turn: Turn) -> Run:
        target = turn.empty(source)
        return checked(turn.run([RAW_POST], BODY=str(turn.given[1]), TARGET=turn.url(target)), target, source)

    def by_hand(turn: Turn) -> Run:
        produced, _ = turn.given
        target = turn.empty(source)
        commands = [["age", "--decrypt", "--identity", str(produced.folder / "keys/age.key"), "--output", "all.bundle", str(produced.bundles()[0])],
                    ["git", "clone", "--quiet", "--mirror", "all.bundle", "clone.git"],
                    ["git", "-C", "clone.git", "push", "--quiet", "TARGET", "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"]]
        return checked(turn.run(commands, TARGET=turn.url(target)), target, source)

    return PartitionRow(
        "consume", f"the same out of the bucket into an empty target over HTTP, {pack_size(source) / 1e6:.0f} MB",
        [Target("wall", 1.1, "raw POST"), Target("cpu", 1.0), Target("rss", 80e6), Target("disk", 0), Target("wall", against="by hand"), Target("cpu", against="by hand")],
        {"mirror": mirror, "raw POST": raw, "by hand": by_hand},
        {"mirror": "mirror consume", "raw POST": "the same push by curl", "by hand": "age --decrypt && git clone --mirror && git push"}, prepare)


def one_commit(before: Path, after: Path) -> PartitionRow:
    def prepare(bench, shared: Path) -> int:
        tips = [*sorted(set(refs_of(after).values())), *(f"^{tip}" for tip in sorted(set(refs_of(before).values())))]
        pack = shared / "thin.pack"
        with pack.open("wb") as out:
            git(after, "pack-objects", "--revs", "--thin", "--stdout", "--delta-base-offset", "-q", data="".join(f"{tip}\n" for tip in tips).encode(), to=out)
        return pack.stat().st_size

    def mirror(turn: Turn) -> Run:
        url = turn.serve(before)
        site = turn.site((url, "http://127.0.0.1:1/never.git"))
        site.run("produce")
        (turn.served / "source.git").unlink()
        turn.serve(after)
        run = turn.run([["mirror", "produce", "--quiet", "-c", "CONFIG"]], CONFIG=str(site.configuration))
        run.excess = site.bundles()[-1].stat().st_size - turn.given
        return run

    return PartitionRow(
        "onecommit", "one line appended to a text of 10 MB; excess is the object's size beyond that of git's own thin pack",
        [Target("excess", 1000), Target("requests", 3)], {"mirror": mirror}, {"mirror": "mirror produce, after an earlier one"}, prepare)


def thousand(source: Path, name: str) -> Callable:
    """Makes a site with 1,000 mirrors that have crossed and not changed since."""
    def prepare(bench, shared: Path) -> Site:
        served = bench.apache.repositories / f"many-{name}"
        served.mkdir()
        target = served / "target.git"
        create_empty(target, like=source)
        give_to_server(served)
        for i in range(1000):
            (served / f"s{i}.git").symlink_to(source.resolve())
            (served / f"t{i}.git").symlink_to(target)
        site = Site(shared, bench.mirror, [(bench.apache.url(f"many-{name}/s{i}.git"), bench.apache.url(f"many-{name}/t{i}.git")) for i in range(1000)])
        site.write()
        site.run("produce")
        site.run("consume")
        return site

    return prepare


def noop_1000(source: Path, command: str) -> PartitionRow:
    def mirror(turn: Turn) -> Run:
        return turn.run([["mirror", command, "--quiet", "-c", "CONFIG", "-j", "4"]], CONFIG=str(turn.given.configuration)).per(1000)

    return PartitionRow(
        f"{command}1000", f"nothing to {command} for 1,000 mirrors in one process; figures are those of one mirror, but for rss",
        [Target("cpu", 0.010), Target("requests"), Target("rss")], {"mirror": mirror}, {"mirror": f"mirror {command} -j 4"}, thousand(source, command))


def age(direction: str) -> PartitionRow:
    size = 1_000_000_000

    def prepare(bench, shared: Path) -> dict[str, str]:
        program = shared / "age-bench"
        subprocess.run(["dotnet", "publish", "bench/age", "-o", program, "-p:UseSharedCompilation=false"], cwd=Path(__file__).resolve().parent.parent,
                       env=os.environ | {"MSBUILDDISABLENODEREUSE": "1", "DOTNET_NOLOGO": "1"}, check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["age-keygen", "-o", shared / "key"], check=True, stderr=subprocess.DEVNULL)
        recipient = next(line.split()[-1] for line in (shared / "key").read_text().splitlines() if "public key" in line)
        with (shared / "plain").open("wb") as plain:
            for _ in range(size // 1_000_000):
                plain.write(os.urandom(1_000_000))
        subprocess.run(["age", "-r", recipient, "-o", shared / "sealed", shared / "plain"], check=True)
        return {"PROGRAM": str(program / "age-bench"), "KEY": str(shared / "key"), "RECIPIENT": recipient, "PLAIN": str(shared / "plain"), "SEALED": str(shared / "sealed")}

    ours = ["PROGRAM", "encrypt", "RECIPIENT", "PLAIN"] if direction == "encrypt" else ["PROGRAM", "decrypt", "KEY", "SEALED"]
    theirs = ["age", "-r", "RECIPIENT", "-o", "/dev/null", "PLAIN"] if direction == "encrypt" else ["age", "-d", "-i", "KEY", "-o", "/dev/null", "SEALED"]
    return PartitionRow(
        f"age-{direction}", f"{direction} 1 GB from a file to nowhere, start-up included; 1.7 GB a second of CPU are 588 ms",
        [Target("cpu", 1 / 1.7), Target("cpu", 1.0, "age"), Target("wall", against="age")],
        {"mirror": lambda turn: turn.run([ours], **turn.given), "age": lambda turn: turn.run([theirs], **turn.given)},
        {"mirror": f"bench/age {direction}", "age": " ".join(theirs)}, prepare, times=2)


def object_format(repository: Path) -> str:
    return git(repository, "rev-parse", "--show-object-format").strip()


def pkt(text: str) -> str:
    return f"{len(text) + 4:04x}{text}"


def checked(run: Run, target: Path, source: Path) -> Run:
    if refs_of(target) != refs_of(source, ("refs/heads/", "refs/tags/")):
        raise Failed("ended well, but the target's refs are not the source's")
    return run
