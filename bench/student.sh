#!/bin/sh
# How accurate students are at given epsilons, with one noise for all sites.
# usage: student.sh DATA VOTES TEACHERS FEATURES EPSILONS SEEDS [KEY=VALUE...]   votes are kept in a directory, noise-free: private
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx6g -cp "$class_path" dev.retort.bench.StudentAccuracy "$@"
