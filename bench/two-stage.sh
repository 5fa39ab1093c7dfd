#!/bin/sh
# How accurate students of votes are after a study of class sums, both under one epsilon, with one noise for all sites.
# usage: two-stage.sh DATA VOTES TEACHERS FEATURES EPSILONS SEEDS SHARE [KEY=VALUE...]   SHARE of rho is the class sums'. A KEY
#   behind "first." is of their study, any other of the votes'. Votes are kept in a directory, noise-free: private
set -eu
. "$(dirname -- "$0")/class-path.sh"
java -Xmx6g -cp "$class_path" dev.retort.bench.TwoStageAccuracy "$@"
