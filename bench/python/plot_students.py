"""Draws measured accuracies against epsilon, one panel a data set.

usage: plot_students.py FIGURES.tsv OUT.svg

A line of FIGURES is DATA, WAY, EPSILON, MEAN and DEVIATION in per cent, parted by tabs; the deviation is 0 for one run.
"""

import collections
import csv
import sys

import matplotlib

matplotlib.use("svg")
# The same file whenever it is drawn.
matplotlib.rcParams["svg.hashsalt"] = "retort"
matplotlib.rcParams["svg.fonttype"] = "none"
from matplotlib import pyplot


def main():
    panels = collections.OrderedDict()
    with open(sys.argv[1], encoding="utf-8") as file:
        rows = csv.reader((line for line in file if not line.startswith("#")), delimiter="\t")
        for data, way, epsilon, mean, deviation in rows:
            ways = panels.setdefault(data, collections.OrderedDict())
            ways.setdefault(way, []).append((float(epsilon), float(mean), float(deviation)))
    figure, axes = pyplot.subplots(1, len(panels), figsize=(5 * len(panels), 3.6), squeeze=False)
    for axis, (data, ways) in zip(axes[0], panels.items()):
        for way, points in ways.items():
            points.sort()
            epsilons, means, deviations = zip(*points)
            axis.errorbar(epsilons, means, deviations, label=way, marker="o", capsize=3, linewidth=1)
        axis.set_xscale("log")
        ticks = sorted({point[0] for points in ways.values() for point in points})
        axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.set_title(data, fontsize=10)
        axis.set_xlabel("epsilon of a record (delta 1e-5)")
        axis.set_ylabel("student's accuracy, %")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()
