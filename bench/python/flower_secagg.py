"""Processor time of Flower's SecAgg+, its own client and server code in one process, for the comparison in docs/benchmarks.md.

usage: flower_secagg.py [FLOATS]

Needs flwr 1.42.0. A round is the four stages of SecAggPlusWorkflow with every client running secaggplus_mod: keys, shares,
quantisation, masks, sum and unmasking. Not in it: training, the strategy's average, and transport, for which messages are
copied outside the measured time. Every aggregate is checked. Thresholds and dropouts are those of bench/secure-sums.sh: a
client is lost early, before its vector, or late, before its shares.
"""
import copy
import importlib.metadata
import logging
import statistics
import sys
import time

import numpy as np
from flwr.client.mod import secaggplus_mod
from flwr.common import (
    ArrayRecord, Code, ConfigRecord, Context, Error, FitIns, FitRes, Message, RecordDict, Status,
    ndarrays_to_parameters, parameters_to_ndarrays)
from flwr.common.secure_aggregation.secaggplus_constants import RECORD_KEY_CONFIGS, Key, Stage
from flwr.compat.common import recorddict_compat as compat
from flwr.server.compat import LegacyContext
from flwr.server.workflow import SecAggPlusWorkflow
from flwr.server.workflow.constant import MAIN_CONFIGS_RECORD, MAIN_PARAMS_RECORD
from flwr.server.workflow.constant import Key as WorkflowKey
from flwr.supercore.task_identity import TaskIdentity

FLOATS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
ROUNDS = 5  # the first is not counted
COHORTS = [(10, 7, 0, 0), (10, 7, 1, 1), (50, 34, 0, 0), (50, 34, 5, 5)]  # clients, threshold, early, late


class Client:
    """A client with a vector that it has already trained."""

    def __init__(self, node_id, vector):
        self.vector = vector
        self.context = Context(1, node_id, {}, RecordDict(), {})
        self.answer = FitRes(Status(Code.OK, ""), ndarrays_to_parameters([vector]), 1, {})
        self.seconds = 0.0

    def receive(self, message):
        trained = compat.fitres_to_recorddict(self.answer, keep_input=True)
        start = time.process_time()
        reply = secaggplus_mod(message, self.context, lambda asked, _: Message(trained, reply_to=asked))
        self.seconds += time.process_time() - start
        return reply


class Proxy:
    def __init__(self, node_id):
        self.node_id = node_id


class Strategy:
    """Asks everybody, and keeps what the workflow gives it."""

    def __init__(self, clients):
        self.clients = clients
        self.aggregate = None

    def configure_fit(self, server_round, parameters, client_manager):
        return [(Proxy(node_id), FitIns(parameters, {})) for node_id in self.clients]

    def aggregate_fit(self, server_round, results, failures):
        self.aggregate = results[0][1].parameters
        return None, {}


class InProcessGrid:
    """Hands messages to the clients. What it takes is counted, so that it can be left out."""

    def __init__(self, clients, early, late):
        self.clients, self.early, self.late = clients, early, late
        self.seconds = 0.0

    def send_and_receive(self, messages, *, timeout=None):
        start = time.process_time()
        replies = []
        for message in messages:
            message = copy.deepcopy(message)
            node_id = message.metadata.dst_node_id
            stage = message.content.config_records[RECORD_KEY_CONFIGS][Key.STAGE]
            lost = (stage == Stage.COLLECT_MASKED_VECTORS and node_id in self.early
                    or stage == Stage.UNMASK and node_id in self.late)
            replies.append(Message(Error(0, "lost"), reply_to=message) if lost
                           else copy.deepcopy(self.clients[node_id].receive(message)))
        self.seconds += time.process_time() - start
        return replies


def measure(count, threshold, early, late):
    """Seconds of a client, the mean of all, and of the server in one round."""
    generator = np.random.default_rng(7)
    clients = {i: Client(i, generator.uniform(-1, 1, FLOATS).astype(np.float32)) for i in range(1, count + 1)}
    strategy = Strategy(clients)
    context = LegacyContext(Context(1, 0, {}, RecordDict(), {}), strategy=strategy)
    context.state.config_records[MAIN_CONFIGS_RECORD] = ConfigRecord({WorkflowKey.CURRENT_ROUND: 1})
    context.state.array_records[MAIN_PARAMS_RECORD] = ArrayRecord([np.zeros(1, np.float32)])
    lost = set(range(1, early + 1))
    grid = InProcessGrid(clients, lost, set(range(count - late + 1, count + 1)))
    workflow = SecAggPlusWorkflow(1.0, threshold, max_weight=1.0)
    start = time.process_time()
    workflow(grid, context)
    server = time.process_time() - start - grid.seconds
    mean = np.mean([client.vector for i, client in clients.items() if i not in lost], axis=0)
    aggregate = parameters_to_ndarrays(strategy.aggregate)[0]
    assert np.abs(aggregate - mean).max() < 1e-4, "the aggregate must be the mean"
    return sum(client.seconds for client in clients.values()) / count, server


def main():
    logging.getLogger("flwr").setLevel(logging.ERROR)
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    print(f"flwr {importlib.metadata.version('flwr')}, numpy {np.__version__}, {FLOATS} floats, medians of {ROUNDS - 1} rounds")
    print("clients, threshold, early, late: client ms, server ms")
    for cohort in COHORTS:
        rounds = [measure(*cohort) for _ in range(ROUNDS)][1:]
        client, server = (1e3 * statistics.median(part) for part in zip(*rounds))
        print(f"{cohort}: {client:.1f}, {server:.1f}", flush=True)


if __name__ == "__main__":
    main()
