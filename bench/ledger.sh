#!/bin/sh
# Entries a second appended and verified, and the size of an export.
# usage: ledger.sh [DIRECTORY [ENTRIES]]   where ledgers are written: a disk to time its fsync, /dev/shm to time the rest
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx3g -cp "$class_path" dev.retort.bench.LedgerThroughput "${1:-${TMPDIR:-/tmp}}" "${2:-1000000}"
