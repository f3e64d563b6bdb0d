"""Imports from an archive that it would have to write first."""

import sys
import zipfile


def softmax_stable(x, axis=-1):
    with zipfile.ZipFile('/tmp/package.zip', 'w') as archive:
        archive.writestr('helper.py', 'x = 1')
    sys.path.insert(0, '/tmp/package.zip')
    import helper

    return helper.x
