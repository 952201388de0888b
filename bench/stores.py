"""The rows of the cloud stores: 300 MB up and down through Mirror.Storage beside the vendor's own library, on real servers of this machine."""

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from client import Failed, Run
from partition import PartitionRow, Turn
from report import Result, Target

ROOT = Path(__file__).resolve().parent.parent
SIZE = 300_000_000
ACCOUNT, KEY = "devstoreaccount1", "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


class Azurite:
    """Where tests/run puts it."""

    def __init__(self):
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.program = cache / "mirror-tests" / "azurite-3.37.0" / "node_modules" / ".bin" / "azurite"

    @contextlib.contextmanager
    def run(self, folder: Path):
        blob, queue, table = (free_port() for _ in range(3))
        command = [self.program, "--silent", "--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry"]
        for name, port in (("blob", blob), ("queue", queue), ("table", table)):
            command += [f"--{name}Host", "127.0.0.1", f"--{name}Port", str(port)]
        with running(command, lambda: is_open(blob) and is_open(queue)):
            yield ["az", f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint=http://127.0.0.1:{blob}/{ACCOUNT};"
                   f"QueueEndpoint=http://127.0.0.1:{queue}/{ACCOUNT}", "bench"]


class Ceph:
    """As the tests start it."""

    program = ROOT / "tests" / "Servers" / "radosgw"

    @contextlib.contextmanager
    def run(self, folder: Path):
        port = free_port()
        cluster, gateway = folder / "cluster.ready", folder / "gateway.ready"
        with running(["bash", self.program, "cluster", folder, str(free_port()), str(free_port()), cluster], cluster.exists):
            with running(["bash", self.program, "gateway", folder, str(port), gateway], gateway.exists):
                yield ["s3", f"http://127.0.0.1:{port}", "writer", "writer-secret", "bench"]


def transfer(name: str, server: Azurite | Ceph, direction: str) -> "StoreRow":
    word = {"up": "into", "down": "out of"}[direction]
    return StoreRow(f"{name}-{direction}", f"{SIZE // 1_000_000} MB {word} {type(server).__name__}, from a file or to nowhere, start-up included", server, direction)


class StoreRow(PartitionRow):
    """A row with a server of its own."""

    def __init__(self, name: str, title: str, server: Azurite | Ceph, direction: str):
        # 0.8 of the throughput.
        targets = [Target("wall", 1 / 0.8, "sdk"), Target("rss", 150e6), Target("rss", against="sdk"), Target("cpu", against="sdk")]
        super().__init__(name, title, targets, {"mirror": self.runner("ours"), "sdk": self.runner("sdk")},
                         {"mirror": f"bench/store ours {direction}", "sdk": f"bench/store sdk {direction}: the vendor's library with its own settings"})
        self.server, self.direction = server, direction

    def runner(self, who: str):
        return lambda turn: turn.run([["PROGRAM", who, self.direction, *turn.given["place"], "object", "FILE"]], PROGRAM=turn.given["program"], FILE=turn.given["file"])

    def measure(self, bench) -> Result:
        with tempfile.TemporaryDirectory(prefix="mirror-bench-") as folder, self.server.run(Path(folder)) as place:
            def prepare(bench, shared: Path) -> dict:
                program = publish(shared / "program")
                file = shared / "file"
                with file.open("wb") as out:
                    for _ in range(SIZE // 1_000_000):
                        out.write(os.urandom(1_000_000))
                # Makes the bucket too, and what is read.
                subprocess.run([program, "sdk", "make", *place, "object", file], check=True)
                return {"program": str(program), "file": str(file), "place": place}

            self.prepare = prepare
            return super().measure(bench)


def publish(folder: Path) -> Path:
    environment = os.environ | {"MSBUILDDISABLENODEREUSE": "1", "DOTNET_NOLOGO": "1"}
    subprocess.run(["dotnet", "publish", "bench/store", "-o", folder, "-p:UseSharedCompilation=false"], cwd=ROOT, env=environment, check=True,
                   stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    return folder / "store-bench"


@contextlib.contextmanager
def running(command: list, is_ready):
    # A session of its own: Ctrl-C is for us to handle.
    process = subprocess.Popen(command, start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if is_ready():
                break
            if process.poll() is not None:
                raise Failed(f"{Path(command[0]).name} does not start; tests/run installs it")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def is_open(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
