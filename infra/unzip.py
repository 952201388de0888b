"""Unpacks a deployment zip with its mode bits, which Python's own command for it forgets: unzip.py ZIP FOLDER"""

import os
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as package:
    for entry in package.infolist():
        path = package.extract(entry, sys.argv[2])
        os.chmod(path, entry.external_attr >> 16 & 0o777)
