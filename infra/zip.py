"""Packs a folder as a deployment zip, and reads it back: zip.py FOLDER OUT.zip

Python's own `zipfile -c` and most others forget the mode bits, without which the Functions host cannot start the program.
"""
import json
import os
import stat
import sys
import zipfile

# The zip format knows no time before 1980, and none makes every archive of the same files the same.
TIME = (1980, 1, 1, 0, 0, 0)


def files(folder):
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in names:
            yield os.path.relpath(os.path.join(parent, name), folder)


def pack(folder, out):
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files(folder)):
            path = os.path.join(folder, name)
            entry = zipfile.ZipInfo(name, TIME)
            entry.create_system = 3  # Unix: the upper half of external_attr is the mode
            entry.external_attr = (stat.S_IFREG | (0o755 if os.access(path, os.X_OK) else 0o644)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with open(path, "rb") as source, archive.open(entry, "w") as target:
                while block := source.read(1 << 20):
                    target.write(block)


def check(out):
    """What the host needs, looked up in the archive itself."""
    with zipfile.ZipFile(out) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
        wrong = [] if "host.json" in entries else ["there is no host.json at the root"]
        host = json.loads(archive.read("host.json")) if not wrong else {}
        program = host.get("customHandler", {}).get("description", {}).get("defaultExecutablePath")
        if program not in entries:
            wrong.append(f"host.json names the program '{program}', and there is no such entry")
        elif not entries[program].external_attr >> 16 & 0o100:
            wrong.append(f"'{program}' is not executable")
        elif archive.open(program).read(4) != b"\x7fELF":
            wrong.append(f"'{program}' is not a program for Linux")
        functions = sorted(name.split("/")[0] for name in entries if name.endswith("/function.json") and name.count("/") == 1)
        for function in functions:
            json.loads(archive.read(f"{function}/function.json"))
        if not functions:
            wrong.append("there is no function")
    return wrong, functions, len(entries)


def main(folder, out):
    pack(folder, out)
    wrong, functions, count = check(out)
    for each in wrong:
        print(f"{out}: {each}", file=sys.stderr)
    if wrong:
        os.remove(out)
        return 1
    print(f"{out}: {os.path.getsize(out) / 1e6:.1f} MB, {count} files, functions {', '.join(functions)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]) if len(sys.argv) == 3 else __doc__)
