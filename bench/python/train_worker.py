"""Trains with PyTorch on command: the other side of dev.retort.bench.TrainingWorker.

usage: train_worker.py THREADS default|tuned

Each line "ARCHITECTURE EPOCHS" on standard input is one training, answered by its samples per second and per second of
processor time; the first epoch is not counted. "default" is the loop that PyTorch's own tutorials show. "tuned" adds the fused Adam and channels-last
memory; the driver adds glibc's malloc settings to its environment.
"""
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

SAMPLES, BATCH = 6400, 128
THREADS, TUNED = int(sys.argv[1]), sys.argv[2] == "tuned"

torch.set_num_threads(THREADS)
torch.manual_seed(1)
images = torch.rand(SAMPLES, 1, 28, 28)
labels = torch.randint(0, 10, (SAMPLES,))


def network(name):
    if name == "cnn-small":
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))
    widths = [784] + [int(w) for w in name.split("-")[1:]] + [10]
    layers = [nn.Flatten()]
    for i in range(len(widths) - 1):
        layers += [nn.Linear(widths[i], widths[i + 1]), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def train(name, epochs):
    model, data = network(name), images
    if TUNED and name == "cnn-small":
        model, data = model.to(memory_format=torch.channels_last), images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True if TUNED else None)
    start = cpu = 0.0
    for epoch in range(epochs):
        if epoch == 1:
            start, cpu = time.perf_counter(), time.process_time()
        for rows in torch.randperm(SAMPLES).split(BATCH):
            optimizer.zero_grad()
            F.cross_entropy(model(data[rows]), labels[rows]).backward()
            optimizer.step()
    counted = (epochs - 1) * SAMPLES
    return counted / (time.perf_counter() - start), counted / (time.process_time() - cpu)


print("ready", flush=True)
for line in sys.stdin:
    name, epochs = line.split()
    print(*train(name, int(epochs)), flush=True)
