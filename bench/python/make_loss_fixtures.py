"""Writes the losses of a student and their gradients as PyTorch computes them, for DistillationLossFixtureTest.

usage: make_loss_fixtures.py > common/src/test/resources/dev/retort/learn/distillation-losses.txt
Each case is ten lines: its name, T and alpha, then row-major the logits, means, probabilities, hard labels, soft and hard
weights, the loss and its gradient. Four rows of five classes.
"""

import torch
import torch.nn.functional as F

ROWS, CLASSES = 4, 5


def line(values):
    print(" ".join(f"{v:.9g}" for v in torch.as_tensor(values).flatten().tolist()))


def case(name, temperature, alpha, spread, seed):
    draw = torch.Generator().manual_seed(seed)
    # Numbers that a float holds, so that both sides begin with the same.
    logits = (spread * torch.randn(ROWS, CLASSES, generator=draw)).double().requires_grad_()
    means = (0.2 + 0.5 * torch.randn(ROWS, CLASSES, generator=draw)).double()
    teachers = torch.softmax(2 * torch.randn(ROWS, CLASSES, generator=draw), 1).double()
    labels = torch.randint(CLASSES, (ROWS,), generator=draw)
    soft = (2 * torch.rand(ROWS, generator=draw)).double()
    hard = torch.rand(ROWS, generator=draw).double()
    hard[1] = 0
    if name == "warm-up":
        error = F.mse_loss(torch.softmax(logits, 1), means, reduction="none").sum(1)
        loss = (soft * error).mean()
    else:
        softened = torch.softmax(torch.log(teachers) / temperature, 1)
        divergence = F.kl_div(
            F.log_softmax(logits / temperature, 1), softened, reduction="none"
        ).sum(1)
        entropy = F.cross_entropy(logits, labels, reduction="none")
        loss = ((1 - alpha) * hard * entropy + alpha * temperature**2 * soft * divergence).mean()
    loss.backward()
    print(name)
    print(temperature, alpha)
    for values in (logits.detach(), means, teachers, labels, soft, hard, loss.detach(), logits.grad):
        line(values)


case("distillation", 1.0, 0.0, 2.0, 1)
case("distillation", 1.0, 1.0, 2.0, 2)
case("distillation", 2.0, 0.7, 1.0, 3)
case("distillation", 4.0, 0.3, 20.0, 4)
case("warm-up", 1.0, 0.5, 1.0, 5)
