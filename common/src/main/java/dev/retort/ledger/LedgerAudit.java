package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.ledger.LedgerReport.LineageSpending;
import dev.retort.ledger.LedgerReport.PartySpending;
import dev.retort.ledger.LedgerState.Answered;
import dev.retort.privacy.Conversion;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Folds a ledger file from its first entry, checking everything on the way. */
final class LedgerAudit {

  private final LedgerFile file;
  private final boolean signatureByEntry;
  private final LedgerState state = new LedgerState();
  private final List<Finding> findings = new ArrayList<>();
  private String logKey = "";
  private boolean chainBroken;

  private LedgerAudit(LedgerFile file, boolean signatureByEntry) {
    this.file = file;
    this.signatureByEntry = signatureByEntry;
  }

  /** Trusts nothing: each entry's own signature is checked. */
  static LedgerAudit ofEverything(LedgerFile file) {
    return new LedgerAudit(file, true);
  }

  /** For the log's own node: its signed checkpoint covers every byte of every envelope, so one signature is enough. */
  static LedgerAudit byCheckpoint(LedgerFile file) {
    return new LedgerAudit(file, false);
  }

  LedgerState state() {
    return state;
  }

  List<Finding> findings() {
    return findings;
  }

  /** Checks the key, then every entry, then the checkpoint; gives each readable record to {@code reader}. */
  void readEntries(@Nullable String expectedLogKey, Consumer<LedgerRecord> reader)
      throws MalformedLogException, LogUnavailableException {
    VerifierKey key = key(expectedLogKey);
    file.log().forEachEntry((row, bytes) -> {
      long index = state.tree().size();
      if (row != index) {
        add(index, Kind.SEQUENCE, "entry must be stored under its index, " + index + ": " + row);
      }
      readEntry(index, bytes, key, reader);
      state.appendLeaf(bytes);
    });
    checkCheckpoint(key);
  }

  /** Checks every stored answer against its release. */
  void readAnswers() throws MalformedLogException, LogUnavailableException {
    Set<Long> missing = new HashSet<>(state.answered().keySet());
    file.forEachAnswer((charge, block) -> {
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
        parties);
  }

  static boolean matches(Answered answered, LabelBlock block) {
    return block.count() == answered.outputs()
        && block.classes() == answered.width()
        && block.digest().equals(answered.answerDigest());
  }

  private @Nullable VerifierKey key(@Nullable String expectedLogKey)
      throws MalformedLogException, LogUnavailableException {
    logKey = file.log().logKey().orElse("");
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

  private void readEntry(
      long index, byte[] bytes, @Nullable VerifierKey key, Consumer<LedgerRecord> reader) {
    LedgerRecord ledgerRecord;
    try {
      Envelope envelope = Envelope.parse(bytes);
      if (signatureByEntry && key != null && !envelope.isSignedBy(key)) {
        add(index, Kind.SIGNATURE, "entry must be signed by " + key);
      }
      ledgerRecord = EntryCodec.decode(envelope.payload());
    } catch (MalformedLogException e) {
      add(index, Kind.MALFORMED, e.getMessage());
      return;
    }
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

  private void checkCheckpoint(@Nullable VerifierKey key)
      throws MalformedLogException, LogUnavailableException {
    Optional<String> text = file.log().checkpoint();
    if (text.isEmpty()) {
      add(-1, Kind.CHECKPOINT, "checkpoint must be stored");
      return;
    }
    try {
      SignedNote note = SignedNote.parse(text.get());
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      if (key != null && !note.isSignedBy(key)) {
        add(-1, Kind.SIGNATURE, "checkpoint must be signed by " + key);
      }
      String origin = key == null ? checkpoint.origin() : key.name();
      Checkpoint expected =
          new Checkpoint(origin, state.tree().size(), state.tree().root());
      if (!checkpoint.equals(expected)) {
        add(-1, Kind.CHECKPOINT, "checkpoint must be " + expected + ": " + checkpoint);
      }
    } catch (MalformedLogException e) {
      add(-1, Kind.CHECKPOINT, e.getMessage());
    }
  }

  private void add(long index, Kind kind, @Nullable String message) {
    findings.add(new Finding(index, kind, String.valueOf(message)));
  }
}
