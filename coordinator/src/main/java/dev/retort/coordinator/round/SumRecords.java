package dev.retort.coordinator.round;

import dev.retort.coordinator.study.SumStore;
import dev.retort.coordinator.study.SumStore.KeptSession;
import dev.retort.secagg.CoordinatorJournal;
import dev.retort.secagg.Octets;
import java.util.ArrayList;
import java.util.List;

/**
 * The journal of a session's coordinator. It is kept from the first segment on: until then a session that a crash cuts off
 * is dropped whole and another one begun, and nothing that the coordinator signed in it is contradicted. So the set-up of a
 * thousand nodes takes one transaction. Not safe for use by several threads at once.
 */
final class SumRecords implements CoordinatorJournal {

  private final SumStore store;
  private final String studyId;
  private final KeptSession begun;
  private final List<Octets> records;
  private int kept;
  private boolean isKept;

  /** The journal of a session that begins. */
  static SumRecords begin(SumStore store, String studyId, KeptSession session) {
    return new SumRecords(store, studyId, session, false);
  }

  /** The journal of a session that was kept. */
  static SumRecords resume(SumStore store, String studyId, KeptSession session) {
    return new SumRecords(store, studyId, session, true);
  }

  private SumRecords(SumStore store, String studyId, KeptSession session, boolean isKept) {
    this.store = store;
    this.studyId = studyId;
    this.begun = session;
    this.records = new ArrayList<>(session.records());
    this.kept = isKept ? records.size() : 0;
    this.isKept = isKept;
  }

  @Override
  public void append(Octets record) {
    records.add(record);
    if (isKept) {
      store.append(studyId, kept, List.of(record));
      kept++;
    }
  }

  @Override
  public List<Octets> records() {
    return List.copyOf(records);
  }

  /** Keeps the session from here on, with all its records so far. */
  void keep() {
    if (!isKept) {
      store.begin(
          studyId, new KeptSession(begun.firstBlock(), begun.nodes(), begun.proposal(), records));
      isKept = true;
      kept = records.size();
    }
  }
}
