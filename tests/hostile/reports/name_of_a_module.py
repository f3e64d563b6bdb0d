"""A missing module whose name is markup."""

import importlib


def softmax_stable(x, axis=-1):
    importlib.import_module("<script>::error::</script>")
