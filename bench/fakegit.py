"""
A git server that has as many refs as its URL says, and one object: git itself takes minutes to make two million refs, and none of them
could be named in bytes that are not UTF-8. Speaks just what mirror asks, over HTTP: fetches by protocol v2, pushes by v0.

    http://127.0.0.1:PORT/source/COUNT/KIND/NAME.git    KIND is plain (nine of ten are branches, the rest annotated tags) or latin1
    http://127.0.0.1:PORT/target/NAME.git               empty at first; what is pushed it lists again

As a program it prints its port and serves until it is terminated: a process of its own, so that its work is not the benchmark's.
"""

import gzip
import hashlib
import http.server
import itertools
import struct
import sys
import zlib
from typing import Iterator

NULL = "0" * 40
# Odd, so that no two of 2^160 products are alike.
SPREAD = 0x9E3779B97F4A7C15F39CC0605CEDC8341082276B
CAPABILITIES = "report-status report-status-v2 delete-refs quiet atomic ofs-delta side-band-64k object-format=sha1 agent=fakegit"
# Lines are sent in pieces of so many.
PIECE = 4096
targets: dict[str, bytearray] = {}


def pkt(line: bytes) -> bytes:
    return b"%04x%s" % (len(line) + 4, line)


def object_id(number: int) -> bytes:
    return b"%040x" % ((number + 1) * SPREAD % (1 << 160))


def one_object() -> bytes:
    content = b"one\n"
    pack = b"PACK" + struct.pack(">II", 2, 1) + bytes([3 << 4 | len(content)]) + zlib.compress(content)
    return pack + hashlib.sha1(pack).digest()


def listing(count: int, kind: str) -> Iterator[bytes]:
    """Lines of ls-refs, in git's order."""
    first = b"refs/heads/topic/%07d" % 0
    yield pkt(b"%s HEAD symref-target:%s\n" % (object_id(0), first))
    for number in range(count):
        if kind == "latin1" and number > 0:
            yield pkt(b"%s refs/heads/topic/\xe9%07d\n" % (object_id(number), number))
        elif number < count * 9 // 10 or number == 0:
            yield pkt(b"%s refs/heads/topic/%07d\n" % (object_id(number), number))
        else:
            yield pkt(b"%s refs/tags/v%07d peeled:%s\n" % (object_id(number), number, object_id(-number - 2)))
    yield b"0000"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path, _, query = self.path.partition("?")
        service = query.removeprefix("service=")
        if service == "git-upload-pack":
            lines = [b"version 2\n", b"agent=fakegit\n", b"ls-refs=unborn\n", b"fetch=wait-for-done\n", b"object-format=sha1\n"]
            self.answer(service, "advertisement", [pkt(b"# service=git-upload-pack\n") + b"0000", *map(pkt, lines), b"0000"])
        else:
            self.answer(service, "advertisement", self.advertised(path.removesuffix("/info/refs")))

    def do_POST(self):
        path, _, service = self.path.rpartition("/")
        body = Body(self)
        if service == "git-receive-pack":
            refs = self.take_commands(path, body)
            body.drain()
            self.answer(service, "result", in_side_band(itertools.chain([pkt(b"unpack ok\n")], reported(refs), [b"0000"])))
            return
        command = body.line()
        body.drain()
        if command.startswith(b"command=ls-refs"):
            self.answer(service, "result", self.listed(path))
        else:
            self.answer(service, "result", [pkt(b"packfile\n"), pkt(b"\1" + one_object()), b"0000"])

    def listed(self, path: str) -> Iterator[bytes]:
        if path.startswith("/source/"):
            _, _, count, kind, *_ = path.split("/")
            return listing(int(count), kind)
        # What is kept for v0 is what v2 says too.
        refs = targets.get(path, b"")
        return itertools.chain(pieces(refs, 0), [b"0000"])

    def advertised(self, path: str) -> Iterator[bytes]:
        yield pkt(b"# service=git-receive-pack\n") + b"0000"
        if refs := targets.get(path):
            first = int(refs[:4], 16)
            yield pkt(bytes(refs[4:first]).rstrip(b"\n") + f"\0{CAPABILITIES}\n".encode())
            yield from pieces(refs, first)
        else:
            yield pkt(f"{NULL} capabilities^{{}}\0{CAPABILITIES}\n".encode())
        yield b"0000"

    def take_commands(self, path: str, body: "Body") -> bytearray:
        """Keeps the refs as they will be listed. Only new refs: nobody pushes anything else here."""
        refs = bytearray()
        while line := body.line():
            command = line.partition(b"\0")[0].rstrip(b"\n")
            refs += pkt(command[41:81] + b" " + command[82:] + b"\n")
        targets.setdefault(path, bytearray()).extend(refs)
        return refs

    def answer(self, service: str, kind: str, parts) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"application/x-{service}-{kind}")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        parts = iter(parts)
        try:
            while piece := b"".join(itertools.islice(parts, PIECE)):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            # Who refuses so many refs does not wait for the last one.
            self.close_connection = True

    def log_message(self, *_):
        pass


class Body:
    """What was sent, with a length or in chunks, perhaps by gzip; read line by line, or thrown away."""

    def __init__(self, handler: Handler):
        self._file, self._chunked = handler.rfile, handler.headers.get("Transfer-Encoding") == "chunked"
        self._rest, self._left = b"", int(handler.headers.get("Content-Length") or 0)
        if handler.headers.get("Content-Encoding") == "gzip":
            self._rest = gzip.decompress(b"".join(iter(self._more, b"")))

    def line(self) -> bytes:
        """A pkt-line's payload; nothing for a flush or the end."""
        size = int(self._take(4) or b"0", 16)
        return self._take(size - 4) if size > 4 else b""

    def drain(self) -> None:
        self._rest = b""
        while self._more():
            pass

    def _take(self, size: int) -> bytes:
        while len(self._rest) < size and (more := self._more()):
            self._rest += more
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def _more(self) -> bytes:
        if not self._chunked:
            size, self._left = min(self._left, 1 << 16), max(0, self._left - (1 << 16))
            return self._file.read(size)
        size = int(self._file.readline() or b"0", 16)
        chunk = self._file.read(size)
        self._file.readline()
        # There is nothing behind the last one, and whoever reads on would wait for ever.
        if size == 0:
            self._chunked = False
        return chunk


def pieces(refs: bytes, start: int) -> Iterator[bytes]:
    return (bytes(refs[position:position + (1 << 16)]) for position in range(start, len(refs), 1 << 16))


def reported(refs: bytearray) -> Iterator[bytes]:
    position = 0
    while position < len(refs):
        size = int(refs[position:position + 4], 16)
        yield pkt(b"ok %s\n" % bytes(refs[position + 45:position + size - 1]))
        position += size


def in_side_band(lines) -> Iterator[bytes]:
    lines = iter(lines)
    while piece := b"".join(itertools.islice(lines, 500)):
        yield pkt(b"\1" + piece)
    yield b"0000"


if __name__ == "__main__":
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    sys.stdout.close()
    server.serve_forever()
