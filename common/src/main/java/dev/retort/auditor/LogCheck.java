package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.Dates;
import dev.retort.merkle.Digest;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.MerkleLog;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** Checks what all logs have in common: signatures, order, the chain of roots, the checkpoint. */
final class LogCheck {

  private static final int BATCH = 8192;

  /** Takes the payload of an entry. */
  interface PayloadVisitor {
    void payload(long index, byte[] payload);
  }

  private record Signed(long index, Envelope envelope) {}

  private final String log;
  private final VerifierKey key;
  private final Set<Long> sizes;
  private final List<AuditFinding> findings;
  private final MerkleLog tree = new MerkleLog();
  private final Map<Long, Digest> roots = new HashMap<>();
  private final List<Signed> unverified = new ArrayList<>();
  private final List<Long> backwards = new ArrayList<>();
  private boolean chainBroken;
  private long dated;
  private long firstTick = Long.MAX_VALUE;
  private long lastTick = Long.MIN_VALUE;
  private long tickBefore = Long.MIN_VALUE;

  /**
   * Nothing read yet.
   *
   * @param sizes at which sizes the root is wanted
   */
  LogCheck(String log, VerifierKey key, Set<Long> sizes, List<AuditFinding> findings) {
    this.log = log;
    this.key = key;
    this.sizes = sizes;
    this.findings = findings;
  }

  /** Reads all entries, then the checkpoint. */
  void read(AuditedLog source, PayloadVisitor visitor)
      throws MalformedLogException, LogUnavailableException {
    noteRoot();
    source.forEachEntry((index, bytes) -> entry(index, bytes, visitor));
    verify();
    checkpoint(source.checkpoint());
  }

  /** The count of entries. */
  long size() {
    return tree.size();
  }

  /** The roots at the sizes that were asked for, as far as the log reaches. */
  Map<Long, Digest> roots() {
    return Collections.unmodifiableMap(roots);
  }

  /** When the entries say that they were written. */
  Optional<Dates> dates() {
    return dated == 0 ? Optional.empty() : Optional.of(new Dates(firstTick, lastTick, backwards));
  }

  private void entry(long index, byte[] bytes, PayloadVisitor visitor) {
    long expected = tree.size();
    if (index != expected) {
      add(expected, Kind.SEQUENCE, "entry must be stored under its index: " + index);
    }
    try {
      Envelope envelope = Envelope.parse(bytes);
      unverified.add(new Signed(expected, envelope));
      if (unverified.size() == BATCH) {
        verify();
      }
      byte[] payload = envelope.payload();
      SortedMap<String, String> fields = CanonicalJson.parse(payload);
      if (!Long.toString(expected).equals(fields.get("seq"))) {
        add(expected, Kind.SEQUENCE, "seq must be " + expected + ": " + fields.get("seq"));
      }
      // Once broken, the chain is broken for all that follows; saying so once is enough.
      if (!chainBroken && !tree.root().hex().equals(fields.get("prevRoot"))) {
        chainBroken = true;
        add(
            expected,
            Kind.SEQUENCE,
            "prevRoot must be " + tree.root() + ": " + fields.get("prevRoot"));
      }
      date(expected, fields.getOrDefault("tick", ""));
      visitor.payload(expected, payload);
    } catch (MalformedLogException e) {
      add(expected, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
    tree.append(bytes);
    noteRoot();
  }

  // An entry without a date is malformed, which whoever reads its fields says.
  private void date(long index, String text) {
    if (text.matches("[0-9]{1,18}")) {
      long tick = Long.parseLong(text);
      if (tick < tickBefore) {
        backwards.add(index);
      }
      tickBefore = tick;
      firstTick = Math.min(firstTick, tick);
      lastTick = Math.max(lastTick, tick);
      dated++;
    }
  }

  // Checking signatures is most of the work, and each stands alone.
  private void verify() {
    boolean[] good = new boolean[unverified.size()];
    IntStream.range(0, good.length)
        .parallel()
        .forEach(i -> good[i] = unverified.get(i).envelope().isSignedBy(key));
    for (int i = 0; i < good.length; i++) {
      if (!good[i]) {
        add(unverified.get(i).index(), Kind.SIGNATURE, "entry must be signed by " + key);
      }
    }
    unverified.clear();
  }

  private void checkpoint(String text) {
    try {
      SignedNote note = SignedNote.parse(text);
      if (!note.isSignedBy(key)) {
        add(-1, Kind.SIGNATURE, "checkpoint must be signed by " + key);
      }
      Checkpoint found = Checkpoint.parse(note.text());
      Checkpoint expected = new Checkpoint(key.name(), tree.size(), tree.root());
      if (!found.equals(expected)) {
        add(-1, Kind.CHECKPOINT, "checkpoint must be " + expected + ": " + found);
      }
    } catch (MalformedLogException e) {
      add(-1, Kind.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private void noteRoot() {
    if (sizes.contains(tree.size())) {
      roots.put(tree.size(), tree.root());
    }
  }

  private void add(long index, Kind kind, String message) {
    findings.add(new AuditFinding(log, index, kind, message));
  }
}
