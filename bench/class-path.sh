#!/bin/sh
# Builds the benchmarks and prints their class path. Sourced by the scripts beside it.
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
(cd "$root" && mvn -q -B -P bench -pl bench -am package -DskipTests) >&2 || exit 1
class_path="$root/bench/target/classes:$root/bench/target/lib/*"

# A throwaway Python environment with the packages that the comparison needs.
python_environment() {
  environment="${TMPDIR:-/tmp}/retort-bench-python"
  if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment" >&2
  fi
  "$environment/bin/pip" install -q numpy safetensors onnxruntime "$@" >&2 || exit 1
}
