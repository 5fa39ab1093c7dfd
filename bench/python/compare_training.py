"""Takes turns between the Java and the PyTorch trainings and prints medians and ratios.

usage: compare_training.py CLASS_PATH [ROUNDS]

Only one program works at a time. A round gives each program one turn on each network; the order changes from round to
round. The machine may be shared: the share of processor time that other processes took during a turn is measured, turns
with more than 5 % are left out where at least 5 others remain, and samples per second of the program's own processor
time are given beside samples per second.
"""
import json
import os
import platform
import random
import statistics
import subprocess
import sys

CLASS_PATH, ROUNDS = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 12
HERE = os.path.dirname(os.path.abspath(__file__))
EPOCHS = {"mlp-512-512": 4, "cnn-small": 2}  # the first of a turn is not counted
PROGRAMS = ["retort", "pytorch default", "pytorch tuned"]
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
          "MALLOC_TOP_PAD_": str(16 << 20), "OMP_WAIT_POLICY": "PASSIVE"}


class Worker:
    def __init__(self, command, environment):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment})
        assert self.process.stdout.readline().strip() == "ready"

    def train(self, network, epochs):
        before = busy(), own(self.process.pid)
        self.process.stdin.write(f"{network} {epochs}\n")
        self.process.stdin.flush()
        rates = [float(word) for word in self.process.stdout.readline().split()]
        after = busy(), own(self.process.pid)
        total, mine = after[0] - before[0], after[1] - before[1]
        return rates, (total - mine) / max(total, 1)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def busy():
    user, nice, system, _, _, irq, softirq, steal = map(int, open("/proc/stat").readline().split()[1:9])
    return user + nice + system + irq + softirq + steal


def own(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def quiet(turns):
    return [rates for rates, others in turns if others <= 0.05]


def medians(turns, unit):
    used = quiet(turns) if len(quiet(turns)) >= 5 else [rates for rates, _ in turns]
    return statistics.median(rates[unit] for rates in used)


def compare(turns, network, threads, unit):
    retort, default, tuned = (medians(turns[name, network], unit) for name in PROGRAMS)
    return {"threads": threads, "network": network, "samples per": ("second", "processor second")[unit],
            "retort": round(retort), "pytorch default": round(default), "pytorch tuned": round(tuned),
            "vs default": round(retort / default, 2), "vs tuned": round(retort / tuned, 2),
            "quiet turns": [len(quiet(turns[name, network])) for name in PROGRAMS]}


print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors, {ROUNDS} rounds", flush=True)
for threads in (1, 2):
    java = ["java", "-Xmx1g", "-cp", CLASS_PATH, "dev.retort.bench.TrainingWorker", str(threads)]
    python = [sys.executable, os.path.join(HERE, "train_worker.py"), str(threads)]
    workers = dict(zip(PROGRAMS, (
        Worker(java, {}), Worker(python + ["default"], {}), Worker(python + ["tuned"], MALLOC))))
    turns = {(name, network): [] for name in PROGRAMS for network in EPOCHS}
    for round_number in range(ROUNDS + 1):
        for network, epochs in EPOCHS.items():
            for name in random.sample(PROGRAMS, len(PROGRAMS)):
                turn = workers[name].train(network, epochs)
                if round_number > 0:
                    turns[name, network].append(turn)
    for worker in workers.values():
        worker.close()
    for network in EPOCHS:
        for unit in (0, 1):
            print(json.dumps(compare(turns, network, threads, unit)), flush=True)
