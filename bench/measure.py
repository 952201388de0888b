"""
Runs one command and says as JSON what it cost: measure.py SECONDS OUTPUT COMMAND...

A process of its own, and a small one: the peak that the kernel keeps of a process is never less than what its parent had when it was
forked, and the benchmark itself holds lists of refs.
"""

import json
import os
import signal
import sys
import time

seconds, output, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
# Made by us: a new file is a block written.
said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
started = time.monotonic()
pid = os.posix_spawnp(command[0], command, os.environ, setpgroup=0, file_actions=[
    (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, said, 1), (os.POSIX_SPAWN_DUP2, said, 2)])


def end(number, frame):
    os.killpg(pid, signal.SIGKILL)


# A client that hangs must not stop the others from being measured; and nothing is left behind when the benchmark is stopped.
signal.signal(signal.SIGALRM, end)
signal.signal(signal.SIGTERM, end)
signal.alarm(seconds)
_, status, usage = os.wait4(pid, 0)
# The usage is of the process and of all below it that were waited for, as git does with its own; the peak is that of one process.
json.dump({
    "exit": os.waitstatus_to_exitcode(status),
    "wall": time.monotonic() - started,
    "cpu": usage.ru_utime + usage.ru_stime,
    "rss": usage.ru_maxrss * 1024,
    "blocks": usage.ru_oublock * 512,
}, sys.stdout)
