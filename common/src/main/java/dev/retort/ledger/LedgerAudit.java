package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.ledger.LedgerReport.LineageSpending;
import dev.retort.ledger.LedgerReport.PartySpending;
import dev.retort.ledger.LedgerState.Answered;
import dev.retort.privacy.Conversion;
import dev.retort.tlog.Envelope;
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

  private final LedgerSource source;
  private final LedgerChecks checks;
  private final LedgerState state = new LedgerState();
  private final List<Finding> findings = new ArrayList<>();
  private final List<Row> batch = new ArrayList<>();
  private String logKey = "";
  private boolean chainBroken;
  private SortedMap<String, Long> witnessed = new TreeMap<>();
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

  /** What can be said of an entry without those before it. */
  private sealed interface Reading {
    record Sound(LedgerRecord entry, boolean signed) implements Reading {}

    record Broken(String message) implements Reading {}
  }

  /** As an auditor does. */
  static LedgerAudit by(LedgerSource source, LedgerChecks checks) {
    return new LedgerAudit(source, checks);
  }

  /** For the log's own node: its signed checkpoint covers every byte of every envelope, so one signature is enough. */
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

  /** Checks the key, then every entry, then the notes and files; gives each readable record to {@code reader}. */
  void readEntries(Consumer<LedgerRecord> reader)
      throws MalformedLogException, LogUnavailableException {
    VerifierKey key = key(checks.logKey());
    TreeAudit tree = TreeAudit.of(source.log());
    source.log().forEachEntry((seq, envelope) -> {
      batch.add(new Row(seq, envelope));
      if (batch.size() == BATCH) {
        fold(key, tree, reader);
      }
    });
    fold(key, tree, reader);
    WitnessPolicy policy =
        checks.policy() == null ? source.log().policy().orElse(null) : checks.policy();
    tree.finish(key, policy, state.tree()).forEach(this::add);
    source.faults().forEach(this::add);
    witnessed = tree.witnessed();
    quorumSize =
        policy == null || policy.quorum().equals(WitnessPolicy.NONE) ? -1 : tree.quorumSize(policy);
  }

  /** Checks every stored answer against its release. */
  void readAnswers() throws MalformedLogException, LogUnavailableException {
    if (!source.hasAnswers()) {
      return;
    }
    Set<Long> missing = new HashSet<>(state.answered().keySet());
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
    return new LedgerReport(
        logKey,
        state.tree().size(),
        findings,
        List.copyOf(state.pending().keySet()),
        lineages,
        parties,
        source.hasAnswers(),
        witnessed,
        quorumSize);
  }

  static boolean matches(Answered answered, LabelBlock block) {
    return block.count() == answered.outputs()
        && block.classes() == answered.width()
        && block.digest().equals(answered.answerDigest());
  }

  private @Nullable VerifierKey key(@Nullable String expectedLogKey)
      throws MalformedLogException, LogUnavailableException {
    logKey = source.log().logKey().orElse("");
    if (expectedLogKey != null && !logKey.equals(expectedLogKey)) {
      add(-1, Kind.KEY, "log key must be " + expectedLogKey + ": " + logKey);
    }
    try {
      return VerifierKey.parse(expectedLogKey == null ? logKey : expectedLogKey);
    } catch (MalformedLogException e) {
      add(-1, Kind.KEY, e.getMessage());
      return null;
    }
  }

  private void fold(@Nullable VerifierKey key, TreeAudit tree, Consumer<LedgerRecord> reader) {
    List<Reading> readings =
        batch.parallelStream().map(row -> read(row.envelope, key)).toList();
    for (int i = 0; i < batch.size(); i++) {
      Row row = batch.get(i);
      long index = state.tree().size();
      if (row.seq != index) {
        add(
            index,
            Kind.SEQUENCE,
            "entry must be stored under its index, " + index + ": " + row.seq);
      }
      Reading reading = readings.get(i);
      if (reading instanceof Reading.Sound sound) {
        if (!sound.signed()) {
          add(index, Kind.SIGNATURE, "entry must be signed by " + key);
        }
        follow(index, sound.entry(), reader);
      } else if (reading instanceof Reading.Broken broken) {
        add(index, Kind.MALFORMED, broken.message());
      }
      state.appendLeaf(row.envelope);
      tree.grew(state.tree());
    }
    batch.clear();
  }

  private Reading read(byte[] bytes, @Nullable VerifierKey key) {
    try {
      Envelope envelope = Envelope.parse(bytes);
      boolean signed = key == null
          || checks.signatures() == LedgerChecks.Signatures.CHECKPOINT
          || envelope.isSignedBy(key);
      return new Reading.Sound(EntryCodec.decode(envelope.payload()), signed);
    } catch (MalformedLogException e) {
      return new Reading.Broken(String.valueOf(e.getMessage()));
    }
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
