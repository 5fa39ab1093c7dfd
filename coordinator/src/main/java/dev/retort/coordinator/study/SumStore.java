package dev.retort.coordinator.study;

import dev.retort.secagg.Octets;
import java.util.List;
import java.util.Optional;

/** Where secure sums and the sessions that make them outlive a restart. Every write is durable when it returns. Thread-safe. */
public interface SumStore {

  /**
   * A session as it is kept.
   *
   * @param firstBlock the plan's block that its segment 0 is about, from 0
   * @param nodes the node ids, in the order of the session's roster
   * @param proposal the encoding of what the coordinator proposed
   * @param records what its journal holds, in order
   */
  record KeptSession(int firstBlock, List<String> nodes, Octets proposal, List<Octets> records) {
    public KeptSession {
      nodes = List.copyOf(nodes);
      records = List.copyOf(records);
    }
  }

  /** Keeps a session, in the place of the study's earlier one. */
  void begin(String studyId, KeptSession session);

  /**
   * Appends to the session's journal.
   *
   * @param before how many records are in it
   */
  void append(String studyId, int before, List<Octets> records);

  /** The session that a study is in. */
  Optional<KeptSession> session(String studyId);

  /** Forgets the session that a study is in, if any. */
  void forget(String studyId);

  /** Stores a sum; a block that is stored stays as it is. */
  void store(String studyId, SummedBlock block);

  /** The sums of a study, in the order of their samples. */
  List<SummedBlock> sums(String studyId);
}
