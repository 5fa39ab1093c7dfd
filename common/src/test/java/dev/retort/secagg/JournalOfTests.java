package dev.retort.secagg;

import java.util.ArrayList;
import java.util.List;

/** A journal that survives its coordinator and not the test. */
final class JournalOfTests implements CoordinatorJournal {

  private final List<Octets> records = new ArrayList<>();

  @Override
  public void append(Octets record) {
    records.add(record);
  }

  @Override
  public List<Octets> records() {
    return List.copyOf(records);
  }
}
