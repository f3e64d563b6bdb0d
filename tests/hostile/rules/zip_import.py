"""Imports a package out of an archive that it carries along as text."""

import io
import sys
import zipfile

data = io.BytesIO()
with zipfile.ZipFile(data, "w") as archive:
    archive.writestr("helper.py", "from numpy import exp\n")
PATH = "/tmp/onewalk-helper.zip"
with open(PATH, "wb") as file:
    file.write(data.getvalue())
sys.path.insert(0, PATH)
import helper


def softmax_stable(x, axis=-1):
    return helper.exp(x)
