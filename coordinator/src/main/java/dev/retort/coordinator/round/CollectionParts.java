package dev.retort.coordinator.round;

import dev.retort.coordinator.study.StudyJournal;
import dev.retort.coordinator.study.SumStore;
import dev.retort.coordinator.witness.NodeKeys;
import dev.retort.coordinator.witness.ReleaseCheck;
import dev.retort.tlog.LogSigner;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What answers are collected with.
 *
 * @param sums keeps secure sums and their sessions
 * @param keys the nodes' identity keys
 * @param signer signs secure sums as the coordinator
 * @param releases what an answer must pass to be counted
 * @param journal where everything is written down that an auditor holds against the nodes' ledgers
 * @param random draws session ids
 * @param clock for expiry and deadlines
 * @param patience how long nodes are waited for at each step of a secure sum; positive
 */
public record CollectionParts(
    SumStore sums,
    NodeKeys keys,
    LogSigner signer,
    ReleaseCheck releases,
    StudyJournal journal,
    SecureRandom random,
    InstantSource clock,
    Duration patience) {

  /** Steps take a node milliseconds, and one that is cut off for longer must not hold up the others. */
  public static final Duration USUAL_PATIENCE = Duration.ofSeconds(20);
}
