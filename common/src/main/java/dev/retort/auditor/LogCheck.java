package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.Dates;
import dev.retort.auditor.AuditResult.KeySpan;
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

/** Checks what all logs have in common: signatures, changes of key, order, the chain of roots, the checkpoint. */
final class LogCheck {

  private static final int BATCH = 8192;

  /** Takes the payload of an entry. */
  interface PayloadVisitor {
    void payload(long index, byte[] payload);
  }

  /** Whose signature an entry must bear; of a rotation two are asked for, one after the other. */
  private record Signed(long index, Envelope envelope, VerifierKey by, String rotationBy) {}

  private record Turn(VerifierKey key, long first) {}

  private final String log;
  private final List<Turn> turns = new ArrayList<>();
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
   * @param key the key of the first entry
   * @param sizes at which sizes the root is wanted
   */
  LogCheck(String log, VerifierKey key, Set<Long> sizes, List<AuditFinding> findings) {
    this.log = log;
    turns.add(new Turn(key, 0));
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

  /** The keys that signed the entries. */
  List<KeySpan> keys() {
    return turns.stream()
        .map(turn -> new KeySpan(turn.key().toString(), turn.first()))
        .toList();
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
      byte[] payload = envelope.payload();
      SortedMap<String, String> fields = CanonicalJson.parse(payload);
      if ("key-rotate".equals(fields.get("type"))) {
        rotate(expected, envelope, fields);
      } else {
        unverified.add(new Signed(expected, envelope, current(), ""));
      }
      if (unverified.size() >= BATCH) {
        verify();
      }
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

  private VerifierKey current() {
    return turns.get(turns.size() - 1).key();
  }

  /** The key whose turn it is to sign a checkpoint of so many entries. */
  private VerifierKey at(long size) {
    return turns.stream()
        .filter(turn -> turn.first() <= size)
        .reduce((before, after) -> after)
        .map(Turn::key)
        .orElse(current());
  }

  private void rotate(long index, Envelope envelope, SortedMap<String, String> fields)
      throws MalformedLogException {
    VerifierKey from = VerifierKey.parse(fields.getOrDefault("oldKey", ""));
    VerifierKey to = VerifierKey.parse(fields.getOrDefault("newKey", ""));
    unverified.add(new Signed(index, envelope, current(), "the old key"));
    unverified.add(new Signed(index, envelope, to, "the new key"));
    boolean had = turns.stream().anyMatch(turn -> turn.key().keyId().equals(to.keyId()));
    if (!from.equals(current())) {
      add(index, Kind.ROTATION, "oldKey must be the key in force, " + current() + ": " + from);
    } else if (!to.name().equals(from.name()) || to.type() != VerifierKey.Type.ED25519) {
      add(index, Kind.ROTATION, "newKey must be an Ed25519 key of this log: " + to);
    } else if (had) {
      add(index, Kind.ROTATION, "newKey must be one that never signed this log: " + to);
    } else {
      turns.add(new Turn(to, index + 1));
    }
  }

  // Checking signatures is most of the work, and each stands alone.
  private void verify() {
    boolean[] good = new boolean[unverified.size()];
    IntStream.range(0, good.length).parallel().forEach(i -> {
      Signed one = unverified.get(i);
      good[i] = one.envelope().isSignedBy(one.by());
    });
    for (int i = 0; i < good.length; i++) {
      if (!good[i]) {
        unsigned(unverified.get(i));
      }
    }
    unverified.clear();
  }

  private void unsigned(Signed one) {
    if (!one.rotationBy().isEmpty()) {
      add(
          one.index(),
          Kind.ROTATION,
          "a change of key must be signed by " + one.rotationBy() + " too, " + one.by());
      return;
    }
    // Keys that came later count as well: whoever signs with them before their time had no right
    // to.
    Optional<VerifierKey> other =
        turns.stream().map(Turn::key).filter(one.envelope()::isSignedBy).findFirst();
    if (other.isPresent()) {
      add(
          one.index(),
          Kind.RETIRED_KEY,
          "entry must be signed by the key in force, " + one.by() + ": " + other.get());
    } else {
      add(one.index(), Kind.SIGNATURE, "entry must be signed by " + one.by());
    }
  }

  private void checkpoint(String text) {
    try {
      SignedNote note = SignedNote.parse(text);
      Checkpoint found = Checkpoint.parse(note.text());
      VerifierKey key = at(found.size());
      if (!note.isSignedBy(key)) {
        boolean retired = turns.stream().map(Turn::key).anyMatch(note::isSignedBy);
        add(
            -1,
            retired ? Kind.RETIRED_KEY : Kind.SIGNATURE,
            "checkpoint of " + found.size() + " entries must be signed by " + key);
      }
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
