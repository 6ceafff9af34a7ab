#!/usr/bin/env bash
# Make .venv with the machine's own Python (3.11 or newer) and bring it to exactly the given lock, hashes checked.
# Usage: virtualenv.sh requirements/base.txt
set -euo pipefail

lock=$1
find_python() {
    for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python make …" >&2
    exit 1
}

if [ ! -x .venv/bin/python ]; then
    echo "Making .venv"
    "$(find_python)" -m venv .venv
fi
echo "Installing $lock"
.venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
cp .venv/bin/uv .venv/uv # a sync removes what is not in the lock, uv itself included
.venv/uv pip sync -q --require-hashes --python .venv/bin/python "$lock"
