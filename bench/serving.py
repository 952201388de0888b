"""The rows of `mirror serve`: the program as the Functions host drives it, with the benchmark in the host's place and a real Azurite for its queues."""

import base64
import concurrent.futures
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import statistics
import subprocess
import threading
import time
import urllib.parse
import urllib.request
import xml.etree.ElementTree as xml
from pathlib import Path

from client import Failed, Run
from partition import PartitionRow, Site, Turn, thousand
from report import Result, Target
from repositories import pack_size
from stores import ACCOUNT, KEY, ROOT, Azurite, free_port

NEVER = "http://127.0.0.1:1/never.git"
COUNT = 1000
# batchSize and newBatchThreshold of host.json.
AT_ONCE = 12
# In seconds: the host waits no longer.
READINESS = 30


class Served:
    """The program, started as the host starts it."""

    def __init__(self, mirror: Path, site: Site, role: str, storage: str):
        self.port = free_port()
        environment = {"PATH": os.environ["PATH"], "HOME": str(site.folder), "FUNCTIONS_CUSTOMHANDLER_PORT": str(self.port), "MIRROR_ROLES": role,
                       "MIRROR_CONFIG": str(site.configuration), "AzureWebJobsStorage": storage}
        began = time.monotonic()
        # Where host.json is. What it says goes nowhere: a pipe that nobody reads would hold it up.
        self.process = subprocess.Popen([mirror, "serve"], cwd=ROOT, env=environment, start_new_session=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() - began > READINESS:
                self.__exit__()
                raise Failed("mirror serve does not start")
            time.sleep(0.002)
        self.ready = time.monotonic() - began

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.get(self.connect(), "/").startswith(b"mirror")
        return False

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def get(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        connection.request("GET", path)
        return connection.getresponse().read()

    def call(self, function: str, data: dict) -> None:
        connection = self.connect()
        body = json.dumps({"Data": data, "Metadata": {"DequeueCount": "1"}})
        connection.request("POST", f"/{function}", body, {"Content-Type": "application/json", "X-Azure-Functions-InvocationId": "bench"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Failed(f"{function} answered {answer.status}")
        answer.read()
        connection.close()

    def produce_all(self, messages: list[str], at_once: int) -> None:
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda message: self.call("Produce", {"message": message}), messages))

    def memory(self, name: str) -> int:
        line = next(line for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines() if line.startswith(f"{name}:"))
        return int(line.split()[1]) * 1024

    def cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Pings(threading.Thread):
    """The host's health pings, more often than it sends them, over one connection."""

    def __init__(self, served: Served):
        super().__init__(daemon=True)
        self.served, self.times, self.fault, self.is_over = served, [], None, threading.Event()
        self.start()

    def run(self) -> None:
        connection = self.served.connect()
        try:
            while not self.is_over.wait(0.01):
                began = time.monotonic()
                self.served.get(connection, "/")
                self.times.append(time.monotonic() - began)
        except OSError as fault:
            self.fault = fault

    def end(self, run: Run) -> None:
        self.is_over.set()
        self.join()
        if self.fault:
            raise Failed(f"GET / failed meanwhile: {self.fault}")
        run.p50, run.p99 = statistics.median(self.times), statistics.quantiles(self.times, n=100)[98]


class ServeRow(PartitionRow):
    """A row with an Azurite of its own."""

    def measure(self, bench) -> Result:
        with Azurite().run(bench.work) as (_, storage, _):
            self.storage = storage
            return super().measure(bench)

    def serve(self, turn: Turn, site: Site, role: str = "produce") -> Served:
        return Served(turn.bench.mirror, site, role, self.storage)


def start() -> PartitionRow:
    def mirror(turn: Turn) -> Run:
        with row.serve(turn, turn.site((NEVER, NEVER))) as served:
            # The collector and whoever else has something to do after the start have done it.
            time.sleep(1)
            return Run(wall=served.ready, rss=served.memory("VmRSS"), cpu=served.cpu())

    row = ServeRow("serve-start", "mirror serve: from its start to its first answer, and its memory when idle",
                   [Target("wall", 0.5), Target("rss", 150e6), Target("cpu")], {"mirror": mirror}, {"mirror": "mirror serve"}, times=5)
    return row


def load(source: Path) -> PartitionRow:
    count = 24

    def mirror(turn: Turn) -> Run:
        site = turn.site(*((turn.serve(source, f"source{i}.git"), f"{NEVER}/{i}") for i in range(count)))
        with row.serve(turn, site) as served:
            pings, before, began = Pings(served), served.cpu(), time.monotonic()
            served.produce_all([message(f"bench/m{i}") for i in range(count)], count)
            run = Run(wall=time.monotonic() - began, cpu=served.cpu() - before, rss=served.memory("VmHWM"))
            pings.end(run)
        if len(site.bundles()) != count:
            raise Failed("ended well, but there is not one bundle for each")
        return run

    row = ServeRow("serve-24", f"24 Produce calls at once, each of a whole repository with {pack_size(source) / 1e6:.0f} MB of packs, and GET / meanwhile (p50, p99)",
                   [Target("rss", 250e6), Target("p50", 0.005), Target("p99", 0.005), Target("wall"), Target("cpu")], {"mirror": mirror}, {"mirror": "mirror serve"})
    return row


def check(source: Path) -> PartitionRow:
    def mirror(turn: Turn) -> Run:
        with row.serve(turn, turn.given) as served:
            before, began = served.cpu(), time.monotonic()
            served.call("Plan", {"timer": {"IsPastDue": False}})
            messages = take(row.storage, "mirror-produce")
            served.produce_all(messages, AT_ONCE)
            run = Run(wall=time.monotonic() - began, cpu=served.cpu() - before, rss=served.memory("VmHWM"))
        if len(messages) != COUNT:
            raise Failed(f"{len(messages)} messages were planned")
        return run

    row = ServeRow("serve-1000", f"Plan for 1,000 mirrors that have not changed, and Produce for each of its messages, {AT_ONCE} at a time",
                   [Target("wall", 60), Target("cpu"), Target("rss")], {"mirror": mirror}, {"mirror": "mirror serve"}, thousand(source, "serve"))
    return row


def page(source: Path) -> PartitionRow:
    def prepare(bench, shared: Path) -> Site:
        site = thousand(source, "page")(bench, shared)
        with Served(bench.mirror, site, "produce", row.storage) as served:
            served.produce_all([message(f"bench/m{i}") for i in range(COUNT)], AT_ONCE)
        return site

    def mirror(turn: Turn) -> Run:
        with row.serve(turn, turn.given) as served:
            connection, times = served.connect(), []
            for _ in range(30):
                began = time.monotonic()
                text = served.get(connection, "/api/status")
                times.append(time.monotonic() - began)
                if text.count(b"badge ok") < COUNT:
                    raise Failed("the page does not show 1,000 mirrors that are well")
            return Run(wall=times[0], p50=statistics.median(times), p99=max(times[1:]), rss=served.memory("VmHWM"))

    row = ServeRow("serve-page", "the status page of 1,000 mirrors with a state in a directory, 30 times: wall is the first, p99 the slowest of the others",
                   [Target("p50", 0.2), Target("p99", 0.2), Target("wall", 0.2), Target("rss")], {"mirror": mirror}, {"mirror": "GET /api/status"}, prepare)
    return row


def message(mirror: str) -> str:
    """As Plan writes it, and as the host hands it over."""
    text = json.dumps({"format": 1, "job": "produce", "mirror": mirror, "cause": "bench", "planned": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())})
    return base64.b64encode(text.encode()).decode()


def take(storage: str, queue: str) -> list[str]:
    """Takes everything out of a queue, by an account SAS (learn.microsoft.com, "Create an account SAS"). The messages are in base64 already."""
    endpoint = dict(part.split("=", 1) for part in storage.split(";"))["QueueEndpoint"]
    signed = {"sp": "rpud", "ss": "q", "srt": "co", "st": "", "se": "2099-01-01T00:00:00Z", "sip": "", "spr": "", "sv": "2019-02-02"}
    text = "".join(f"{part}\n" for part in [ACCOUNT, *signed.values()])
    signature = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest()).decode()
    query = urllib.parse.urlencode({name: value for name, value in signed.items() if value} | {"sig": signature, "numofmessages": 32, "visibilitytimeout": 3600})
    address, messages = f"{endpoint}/{queue}/messages?{query}", []
    while True:
        with urllib.request.urlopen(address) as answer:
            page = [found.text for found in xml.fromstring(answer.read().decode("utf-8-sig")).iter("MessageText")]
        if not page:
            break
        messages += page
    # Those that are hidden too: the next Plan counts them.
    urllib.request.urlopen(urllib.request.Request(address, method="DELETE")).close()
    return messages
