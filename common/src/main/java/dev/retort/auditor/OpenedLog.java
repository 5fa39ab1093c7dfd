package dev.retort.auditor;

import dev.retort.auditor.AuditResult.KeySpan;
import dev.retort.journal.JournalState;
import dev.retort.label.LabelBlock;
import dev.retort.merkle.Digest;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A log with its key and, once it was read, what it holds. */
final class OpenedLog {

  final AuditedLog source;
  final String key;
  final PublicKeys keys;
  final String log;

  /** The sizes at which its root is wanted. */
  final Set<Long> sizes = new HashSet<>();

  final Set<Long> wantedAnswers = new HashSet<>();
  final Map<Long, LabelBlock> answers = new HashMap<>();

  /** Checkpoints of this log that others cosigned. */
  final List<Seen> cosigned = new ArrayList<>();

  /** Checkpoints of other logs that its owner accepted. */
  final List<Seen> witnessed = new ArrayList<>();

  final JournalState journal = new JournalState();
  final LedgerFold ledger;
  List<KeySpan> keySpans;
  Map<Long, Digest> roots = Map.of();
  Optional<AuditResult.Dates> dates = Optional.empty();
  long size;

  private OpenedLog(AuditedLog source, String key, List<AuditFinding> findings)
      throws MalformedLogException {
    this.source = source;
    this.key = key;
    this.keys = PublicKeys.of(key);
    this.keySpans = List.of(new KeySpan(key, 0));
    this.log = keys.name();
    this.ledger = new LedgerFold(log, findings);
  }

  /** A checkpoint that somebody other than its log's owner has looked at. */
  record Seen(SignedNote note, Checkpoint checkpoint) {

    static Seen parse(String text) throws MalformedLogException {
      SignedNote note = SignedNote.parse(text);
      return new Seen(note, Checkpoint.parse(note.text()));
    }
  }

  /** Takes up a log whose entries are still to be read. */
  static OpenedLog open(AuditedLog source, List<AuditFinding> findings)
      throws MalformedLogException, LogUnavailableException {
    OpenedLog opened = new OpenedLog(source, source.key(), findings);
    for (String text : source.cosigned()) {
      opened.cosigned.add(Seen.parse(text));
    }
    for (String text : source.witnessed()) {
      opened.witnessed.add(Seen.parse(text));
    }
    return opened;
  }

  /** The keys by which its owner ever signed it. */
  List<VerifierKey> logKeys() throws MalformedLogException {
    List<VerifierKey> all = new ArrayList<>();
    for (KeySpan span : keySpans) {
      all.add(VerifierKey.parse(span.key()));
    }
    return all;
  }

  /** The keys by which its owner ever cosigned other logs. */
  List<VerifierKey> witnessKeys() throws MalformedLogException {
    List<VerifierKey> all = new ArrayList<>();
    for (KeySpan span : keySpans) {
      all.add(PublicKeys.of(span.key()).witness());
    }
    return all;
  }
}
