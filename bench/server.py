"""The real Apache with git http-backend, on a free port of loopback, and what its access log says of the requests."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

# Debian links the others that are needed (core, unixd, log_config, logio) into the executable.
MODULES = ["mpm_event", "authn_core", "authz_core", "alias", "env", "setenvif", "cgid"]
MODULES_FOLDER = "/usr/lib/apache2/modules"
WORKER = "www-data"

CONFIGURATION = """
ServerRoot "{folder}"
ServerName 127.0.0.1
PidFile "{folder}/apache.pid"
DefaultRuntimeDir "{folder}"
{modules}
{user}
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
MaxKeepAliveRequests 0
# A push of 50,000 refs by git keeps a connection silent for minutes.
Timeout 1800
# Since 2.4.54 the default is 1 GiB.
LimitRequestBody 0
ScriptSock "{folder}/cgi.sock"
ErrorLog "{folder}/error.log"
LogLevel warn
# %I and %O are mod_logio's: what went over the wire, headers included.
LogFormat "%m\\t%U\\t%>s\\t%I\\t%O" sizes
CustomLog "{folder}/access.log" sizes
Listen 127.0.0.1:{port}

SetEnv GIT_PROJECT_ROOT "{repositories}"
SetEnv GIT_HTTP_EXPORT_ALL 1
# Nobody's configuration but this: who pushes is not asked, and whose repository it is does not matter.
SetEnv GIT_CONFIG_NOSYSTEM 1
SetEnv GIT_CONFIG_GLOBAL /dev/null
SetEnv GIT_CONFIG_COUNT 2
SetEnv GIT_CONFIG_KEY_0 safe.directory
SetEnv GIT_CONFIG_VALUE_0 *
SetEnv GIT_CONFIG_KEY_1 http.receivepack
SetEnv GIT_CONFIG_VALUE_1 true
# git before 2.36 does not read the header itself.
SetEnvIf Git-Protocol ".+" GIT_PROTOCOL=$0
ScriptAlias /git/ "{backend}/git-http-backend/"
<Directory "{backend}">
    Require all granted
</Directory>
"""


@dataclass
class Request:
    method: str
    path: str
    status: int
    sent: int      # by the client
    received: int


class Apache:
    """Serves the repositories of a folder, as http://127.0.0.1:PORT/git/NAME, until the with block ends."""

    def __init__(self, repositories: Path):
        self.repositories = repositories
        # Not below the work folder: the path of a socket has room for 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="mirror-bench-"))
        self.folder.chmod(0o755)
        self.log = self.folder / "access.log"
        self.process = None

    def __enter__(self):
        try:
            # Between looking for a free port and listening, somebody else may have taken it.
            for _ in range(3):
                if self._start():
                    return self
            raise RuntimeError(f"apache does not start: {self._errors()}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextlib.contextmanager
    def apart(self):
        """Within the block the server has one core to itself and the clients another one, as if they were two machines."""
        mine = os.sched_getaffinity(0)
        if len(mine) < 2:
            raise RuntimeError("one core cannot be two machines")
        server, client, *_ = sorted(mine)
        try:
            self._keep_to({server})
            os.sched_setaffinity(0, {client})
            yield
        finally:
            os.sched_setaffinity(0, mine)
            self._keep_to(mine)

    def _keep_to(self, cores: set[int]) -> None:
        # All of its processes, and what they start later inherits it; they are a session of their own.
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                if os.getsid(int(process.name)) == self.process.pid:
                    for task in (process / "task").iterdir():
                        os.sched_setaffinity(int(task.name), cores)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.port}/git/{name}"

    def position(self) -> int:
        return self.log.stat().st_size

    def requests_since(self, position: int) -> list[Request]:
        """A request is logged when its last byte has gone out, which is a moment after the client has seen it."""
        size = -1
        while size != self.position():
            size = self.position()
            time.sleep(0.2)
        with self.log.open() as log:
            log.seek(position)
            lines = [line.rstrip("\n").split("\t") for line in log]
        # A connection that is closed without a request leaves a line with "-".
        return [Request(line[0], line[1], int(line[2]), int(line[3]), int(line[4])) for line in lines if line[0] != "-"]

    def _start(self) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        backend = subprocess.check_output(["git", "--exec-path"], text=True).strip()
        (self.folder / "httpd.conf").write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, repositories=self.repositories, backend=backend,
            modules="\n".join(f"LoadModule {name}_module {MODULES_FOLDER}/mod_{name}.so" for name in MODULES),
            # Apache does not let root do the work.
            user=f"User {WORKER}\nGroup {WORKER}" if os.geteuid() == 0 else ""))
        # A session of its own: when it stops, Apache signals its whole process group, and Ctrl-C is ours to handle.
        self.process = subprocess.Popen(
            [find("apache2"), "-D", "FOREGROUND", "-f", self.folder / "httpd.conf"], start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.folder / "stderr.log").open("w"))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return True
            except OSError:
                if self.process.poll() is not None:
                    return False
                time.sleep(0.1)
        return False

    def _errors(self) -> str:
        logs = [self.folder / "error.log", self.folder / "stderr.log"]
        return " ".join(log.read_text() for log in logs if log.exists()).strip()


def find(program: str) -> str:
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not found:
        raise RuntimeError(f"{program} is not installed")
    return found
