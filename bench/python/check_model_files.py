"""Reads the model files that dev.retort.bench.ModelFixture wrote, with the safetensors and onnxruntime packages.

usage: check_model_files.py DIRECTORY

Exits with 1 if a file cannot be read or its logits differ from those of the Java side by more than 1e-4.
"""
import json
import pathlib
import sys

import numpy as np
import onnxruntime
from safetensors.numpy import load_file


def conv(x, weight, bias):
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    y = np.maximum(np.einsum("nchwij,ocij->nohw", windows, weight) + bias[:, None, None], 0)
    n, c, h, w = y.shape
    return y[:, :, : h // 2 * 2, : w // 2 * 2].reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def logits(architecture, t, x):
    if architecture == "cnn-small":
        x = conv(conv(x, t["conv1.weight"], t["conv1.bias"]), t["conv2.weight"], t["conv2.bias"])
    x, layers = x.reshape(len(x), -1), sum(name.startswith("fc") for name in t) // 2
    for i in range(1, layers + 1):
        x = x @ t[f"fc{i}.weight"].T + t[f"fc{i}.bias"]
        x = np.maximum(x, 0) if i < layers else x
    return x


failed = False
for directory in sorted(p for p in pathlib.Path(sys.argv[1]).iterdir() if p.is_dir()):
    descriptor = json.loads((directory / "architecture.json").read_text())
    images = np.fromfile(directory / "images.f32", "<f4").reshape(-1, *descriptor["inputShape"])
    expected = np.fromfile(directory / "logits.f32", "<f4").reshape(len(images), len(descriptor["classes"]))
    tensors = load_file(directory / descriptor["weights"])
    session = onnxruntime.InferenceSession(directory / "model.onnx", providers=["CPUExecutionProvider"])
    onnx, probabilities = session.run(["logits", "probabilities"], {"input": images})
    differences = {"safetensors": float(np.abs(logits(descriptor["architecture"], tensors, images) - expected).max()),
                   "onnx": float(np.abs(onnx - expected).max()),
                   "probabilities": float(np.abs(probabilities.sum(axis=1) - 1).max())}
    print(directory.name, {name: f"{value:.1e}" for name, value in differences.items()},
          json.loads(session.get_modelmeta().custom_metadata_map["classes"]) == descriptor["classes"])
    failed |= any(value > 1e-4 for value in differences.values())
sys.exit(failed)
