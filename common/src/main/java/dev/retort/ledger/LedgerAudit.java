package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerEntry.KeyRotate;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.ledger.LedgerReport.LineageSpending;
import dev.retort.ledger.LedgerReport.PartySpending;
import dev.retort.ledger.LedgerState.Answered;
import dev.retort.privacy.Conversion;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.KeyHistory;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.TreeAudit;
import dev.retort.tlog.VerifierKey;
import dev.retort.tlog.WitnessPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds a ledger from its first entry, checking everything on the way. Entries are read and their signatures checked on all
 * cores, a batch at a time; what they add up to is folded in order.
 */
final class LedgerAudit {

  private static final int BATCH = 2048;
  private static final int FEW = 32;

  private final LedgerSource source;
  private final LedgerChecks checks;
  private final LedgerState state = new LedgerState();
  private final List<Finding> findings = new ArrayList<>();
  private final List<Row> batch = new ArrayList<>();
  private String logKey = "";
  private boolean chainBroken;
  private SortedMap<String, Long> witnessed = new TreeMap<>();
  private List<VerifierKey> signedAlso = List.of();
  private long quorumSize = -1;

  private LedgerAudit(LedgerSource source, LedgerChecks checks) {
    this.source = source;
    this.checks = checks;
  }

  private static final class Row {
    private final long seq;
    private final byte[] envelope;

    Row(long seq, byte[] envelope) {
      this.seq = seq;
      this.envelope = envelope;
    }
  }

  /** What can be said of an entry without those before it, but for the keys. */
  private sealed interface Reading {
    /** The flaw is what is wrong with its signatures, if anything is. */
    record Sound(LedgerRecord entry, @Nullable Flaw flaw) implements Reading {}

    record Broken(String message) implements Reading {}
  }

  private record Flaw(Kind kind, String message) {}

  /** As an auditor does. */
  static LedgerAudit by(LedgerSource source, LedgerChecks checks) {
    return new LedgerAudit(source, checks);
  }

  /**
   * For the log's own node: its signed checkpoint covers every byte of every envelope, so one signature is enough.
   *
   * @param logKey one of the log's keys
   */
  static LedgerAudit byCheckpoint(LedgerSource source, String logKey) {
    return new LedgerAudit(
        source,
        LedgerChecks.ofEverything()
            .withLogKey(logKey)
            .withSignatures(LedgerChecks.Signatures.CHECKPOINT));
  }

  LedgerState state() {
    return state;
  }

  List<Finding> findings() {
    return findings;
  }

  /** Checks every entry, then the key, notes and files; gives each readable record to {@code reader}. */
  void readEntries(Consumer<LedgerRecord> reader)
      throws MalformedLogException, LogUnavailableException {
    logKey = source.log().logKey().orElse("");
    try {
      state.beginWith(VerifierKey.parse(logKey));
    } catch (MalformedLogException e) {
      add(-1, Kind.KEY, e.getMessage());
    }
    TreeAudit tree = TreeAudit.of(source.log());
    source.log().forEachEntry((seq, envelope) -> {
      batch.add(new Row(seq, envelope));
      if (batch.size() == BATCH) {
        fold(tree, reader);
      }
    });
    fold(tree, reader);
    WitnessPolicy policy =
        checks.policy() == null ? source.log().policy().orElse(null) : checks.policy();
    tree.finish(knownKeys(), policy, state.tree()).forEach(this::add);
    source.faults().forEach(this::add);
    witnessed = tree.witnessed();
    signedAlso = tree.signedAlso();
    quorumSize =
        policy == null || policy.quorum().equals(WitnessPolicy.NONE) ? -1 : tree.quorumSize(policy);
  }

  /** Checks every stored answer against its release. */
  void readAnswers() throws MalformedLogException, LogUnavailableException {
    if (!source.hasAnswers()) {
      return;
    }
    Set<Long> missing = new HashSet<>();
    state.answered().forEach((charge, answered) -> {
      if (!answered.hidden()) {
        missing.add(charge);
      }
    });
    source.forEachAnswer((charge, block) -> {
      missing.remove(charge);
      Answered answered = state.answered().get(charge);
      if (answered == null) {
        add(charge, Kind.ANSWER, "answer must have a release");
      } else if (block == null || !matches(answered, block)) {
        add(
            charge,
            Kind.ANSWER,
            "answer must have the shape and digest of its release, " + answered.answerDigest());
      }
    });
    missing.stream()
        .sorted()
        .forEach(charge -> add(charge, Kind.ANSWER, "released answer must be stored"));
  }

  /** Checks the messages kept as evidence against the refusals that name them. */
  void readEvidence() throws MalformedLogException, LogUnavailableException {
    findings.addAll(EvidenceCheck.findings(state.sumRefusals(), source.evidence()));
  }

  LedgerReport report() {
    List<LineageSpending> lineages = new ArrayList<>();
    List<PartySpending> parties = new ArrayList<>();
    state.lineages().forEach((name, lineage) -> {
      lineage
          .units()
          .forEach(unit -> lineages.add(new LineageSpending(
              name,
              unit.policy.unit().name(),
              unit.policy.unit().shards(),
              unit.policy.guarantee(),
              unit.policy.budget(),
              unit.spent,
              Conversion.epsilon(unit.spent, unit.policy.guarantee().delta()),
              lineage.releases)));
      lineage
          .parties()
          .forEach((federation, party) ->
              parties.add(new PartySpending(name, federation, party.quota, party.spent)));
    });
    KeyHistory keys = state.keys();
    return new LedgerReport(
        logKey,
        keys == null ? List.of() : keys.spans(),
        signedAlso,
        state.tree().size(),
        findings,
        List.copyOf(state.pending().keySet()),
        lineages,
        parties,
        source.hasAnswers(),
        state.sumRefusals().countByReason(),
        source.evidence().isGiven() || !state.sumRefusals().haveEvidence(),
        witnessed,
        quorumSize);
  }

  static boolean matches(Answered answered, LabelBlock block) {
    return !answered.hidden()
        && block.count() == answered.outputs()
        && block.classes() == answered.width()
        && block.digest().equals(answered.answerDigest());
  }

  /**
   * The keys by which the notes are checked: the log's, if the key that the auditor knows is one of them. Each rotation is
   * signed by the key before it and by the key after it, so any one of them vouches for the others.
   */
  private @Nullable KeyHistory knownKeys() {
    KeyHistory keys = state.keys();
    String expected = checks.logKey();
    if (expected == null) {
      return keys;
    }
    try {
      VerifierKey known = VerifierKey.parse(expected);
      if (keys != null && keys.includes(known)) {
        return keys;
      }
      add(-1, Kind.KEY, "log key must be " + expected + ": " + logKey);
      return KeyHistory.of(known);
    } catch (MalformedLogException e) {
      add(-1, Kind.KEY, e.getMessage());
      return null;
    }
  }

  /** Takes in the batch. Behind a rotation other keys count, so what was read with the old ones is read again. */
  private void fold(TreeAudit tree, Consumer<LedgerRecord> reader) {
    int most = BATCH;
    int next = 0;
    while (next < batch.size()) {
      KeyHistory keys = state.keys();
      List<Row> rows = batch.subList(next, Math.min(batch.size(), next + most));
      List<Reading> readings =
          rows.parallelStream().map(row -> read(row.envelope, keys)).toList();
      int done = foldUntilRotation(rows, readings, tree, reader);
      // Few are read in vain, even in a log of rotations only.
      most = done < rows.size() ? FEW : Math.min(BATCH, 2 * most);
      next += done;
    }
    batch.clear();
  }

  private int foldUntilRotation(
      List<Row> rows, List<Reading> readings, TreeAudit tree, Consumer<LedgerRecord> reader) {
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      long index = state.tree().size();
      if (row.seq != index) {
        add(
            index,
            Kind.SEQUENCE,
            "entry must be stored under its index, " + index + ": " + row.seq);
      }
      boolean isRotation = false;
      Reading reading = readings.get(i);
      if (reading instanceof Reading.Sound sound) {
        Flaw flaw = sound.flaw();
        if (flaw != null) {
          add(index, flaw.kind(), flaw.message());
        }
        follow(index, sound.entry(), reader);
        isRotation = sound.entry().entry() instanceof KeyRotate;
      } else if (reading instanceof Reading.Broken broken) {
        add(index, Kind.MALFORMED, broken.message());
      }
      state.appendLeaf(row.envelope);
      tree.grew(state.tree());
      if (isRotation) {
        return i + 1;
      }
    }
    return rows.size();
  }

  private Reading read(byte[] bytes, @Nullable KeyHistory keys) {
    try {
      Envelope envelope = Envelope.parse(bytes);
      LedgerRecord entry = EntryCodec.decode(envelope.payload());
      return new Reading.Sound(entry, flaw(envelope, entry.entry(), keys));
    } catch (MalformedLogException e) {
      return new Reading.Broken(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Flaw flaw(Envelope envelope, LedgerEntry entry, @Nullable KeyHistory keys) {
    if (entry instanceof KeyRotate rotate) {
      // Whichever signatures are asked for: the checkpoint is the new key's, and only the old one's
      // signature here says that it may be.
      return rotationFlaw(envelope, rotate);
    }
    if (keys == null
        || checks.signatures() == LedgerChecks.Signatures.CHECKPOINT
        || envelope.isSignedBy(keys.current())) {
      return null;
    }
    return keys.signer(envelope)
        .map(retired -> new Flaw(
            Kind.RETIRED_KEY,
            "entry must be signed by " + keys.current() + ", and not by a key that was replaced: "
                + retired))
        .orElseGet(() -> new Flaw(Kind.SIGNATURE, "entry must be signed by " + keys.current()));
  }

  private static @Nullable Flaw rotationFlaw(Envelope envelope, KeyRotate rotate) {
    boolean byOld = envelope.isSignedBy(rotate.keys().from());
    boolean byNew = envelope.isSignedBy(rotate.keys().to());
    if (byOld && byNew) {
      return null;
    }
    return new Flaw(
        Kind.ROTATION,
        "rotation must be signed by both keys, " + rotate.keys().from() + " and "
            + rotate.keys().to() + ": signed by "
            + (byOld ? "the old one alone" : byNew ? "the new one alone" : "neither"));
  }

  private void follow(long index, LedgerRecord ledgerRecord, Consumer<LedgerRecord> reader) {
    if (ledgerRecord.seq() != index) {
      add(index, Kind.SEQUENCE, "seq must be " + index + ": " + ledgerRecord.seq());
    }
    // Once broken, the chain is broken for all that follows; saying so once is enough.
    if (!chainBroken && !ledgerRecord.prevRoot().equals(state.tree().root())) {
      chainBroken = true;
      add(
          index,
          Kind.PREVIOUS_ROOT,
          "prevRoot must be " + state.tree().root() + ": " + ledgerRecord.prevRoot());
    }
    findings.addAll(LedgerRules.broken(state, ledgerRecord));
    state.apply(ledgerRecord);
    reader.accept(ledgerRecord);
  }

  private void add(LogFault fault) {
    Kind kind = switch (fault.kind()) {
      case SIGNATURE -> Kind.SIGNATURE;
      case RETIRED_KEY -> Kind.RETIRED_KEY;
      case CHECKPOINT -> Kind.CHECKPOINT;
      case COSIGNATURE -> Kind.COSIGNATURE;
      case WITNESS -> Kind.WITNESS;
      case TILE -> Kind.TILE;
      case EXPORT -> Kind.EXPORT;
    };
    add(fault.index(), kind, fault.message());
  }

  private void add(long index, Kind kind, @Nullable String message) {
    findings.add(new Finding(index, kind, String.valueOf(message)));
  }
}
