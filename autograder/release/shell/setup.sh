#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image that all submissions are graded in.
# Python and all packages go into a folder of their own beside this one, for the image's own
# Python is Gradescope's and may be too old. Whatever fails here fails the build.
set -euo pipefail

source=$(dirname "$(readlink -f "$0")")
place=$(dirname "$source")/onewalk

if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --yes --no-install-recommends \
        ca-certificates libseccomp2 python3 python3-pip
fi

# uv finds the Python that the release was made with, or fetches it.
python3 -m pip install --quiet --no-cache-dir --target "$place/tools" "$(cat "$source/uv.txt")"
uv=$place/tools/bin/uv
export UV_PYTHON_INSTALL_DIR=$place/python UV_NO_CACHE=1 UV_NO_CONFIG=1
"$uv" venv --quiet --clear --python "$(cat "$source/python.txt")" "$place/venv"
wheel=$(echo "$source"/onewalk-*.whl)
install() {
    "$uv" pip install --quiet --python "$place/venv/bin/python" \
        --constraint "$source/constraints.txt" "$@"
}
install "onewalk @ file://$wheel"
# PyTorch without its libraries for cards, of which there are none.
extra=$(cat "$source/extra.txt")
if [ -n "$extra" ]; then
    install --torch-backend cpu "onewalk[$extra] @ file://$wheel" ||
        echo "The tasks in Triton will be deferred: what they need could not be installed." >&2
fi

# What will confine student code, for the log of the build; at the grading it is looked at anew.
"$place/venv/bin/autograder" doctor || true
