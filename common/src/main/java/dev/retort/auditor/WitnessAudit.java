package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult.Witnessed;
import dev.retort.auditor.OpenedLog.Seen;
import dev.retort.tlog.Checkpoint;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.SignedNote;
import dev.retort.tlog.VerifierKey;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Holds logs against what others saw of them as witnesses. Not thread-safe. */
final class WitnessAudit {

  private final Map<String, OpenedLog> opened;
  private final List<AuditFinding> findings;
  private final Set<String> unchecked;
  private final Set<AuditFinding> said = new HashSet<>();

  WitnessAudit(Map<String, OpenedLog> opened, List<AuditFinding> findings, Set<String> unchecked) {
    this.opened = opened;
    this.findings = findings;
    this.unchecked = unchecked;
  }

  /** Before the logs are read: says at which sizes their roots are wanted. */
  void askForRoots() {
    for (OpenedLog one : opened.values()) {
      one.cosigned.forEach(seen -> one.sizes.add(seen.checkpoint().size()));
      for (Seen seen : one.witnessed) {
        OpenedLog other = opened.get(seen.checkpoint().origin());
        if (other != null) {
          other.sizes.add(seen.checkpoint().size());
        }
      }
    }
  }

  /** Holds a log against the cosigned checkpoints that it brought along; says who cosigned, and how far. */
  List<Witnessed> cosigners(OpenedLog one) {
    Map<String, Long> sizes = new TreeMap<>();
    for (Seen cosigned : one.cosigned) {
      Checkpoint seen = cosigned.checkpoint();
      if (!seen.origin().equals(one.log)) {
        add(one.log, "cosigned checkpoint must be this log's: " + seen.origin());
        continue;
      }
      requireContained(one, seen, "witnessed");
      for (SignedNote.SignatureLine line : cosigned.note().signatures()) {
        cosigner(one, cosigned, line.name())
            .ifPresent(witness -> sizes.merge(witness, seen.size(), Math::max));
      }
    }
    if (sizes.isEmpty()) {
      unchecked.add("witnesses of " + one.log + ": no checkpoint cosigned by a log given here");
    }
    return sizes.entrySet().stream()
        .map(size -> new Witnessed(size.getKey(), size.getValue()))
        .toList();
  }

  /**
   * Holds every log against what the owners of the others accepted of it. An owner who cut its log's tail off may have cut
   * the cosignatures off as well; what lies with others it cannot.
   */
  void holdAgainstWhatWasSeen() {
    for (OpenedLog witness : opened.values()) {
      for (Seen seen : witness.witnessed) {
        OpenedLog log = opened.get(seen.checkpoint().origin());
        if (log == null || log == witness) {
          continue;
        }
        if (isSignedByAny(seen.note(), log, OpenedLog::logKeys)) {
          requireContained(log, seen.checkpoint(), "witnessed by " + witness.log);
        } else {
          add(
              log.log,
              witness.log + " accepted a checkpoint of " + seen.checkpoint().size()
                  + " entries under this log's name that none of its keys signed: the log was begun anew, or that"
                  + " witness was deceived or deceives");
        }
      }
    }
  }

  private void requireContained(OpenedLog log, Checkpoint seen, String how) {
    if (seen.size() > log.size) {
      add(
          log.log,
          "log must hold all that was " + how + ", " + seen.size()
              + " entries; its tail was cut off: " + log.size);
    } else if (!seen.root().equals(log.roots.get(seen.size()))) {
      add(
          log.log,
          "log must begin with what was " + how + " at size " + seen.size() + ", root "
              + seen.root() + "; it was forked: " + log.roots.get(seen.size()));
    }
  }

  private Optional<String> cosigner(OpenedLog one, Seen cosigned, String name) {
    OpenedLog witness = opened.get(name);
    if (name.equals(one.log)) {
      return Optional.empty();
    }
    if (witness == null) {
      unchecked.add("cosignatures of " + name + ": its own log, and so its key, was not given");
      return Optional.empty();
    }
    // A cosignature does not say at which entry of the witness's own log it was made, so each key
    // that log ever had will do.
    if (isSignedByAny(cosigned.note(), witness, OpenedLog::witnessKeys)) {
      return Optional.of(name);
    }
    add(
        one.log,
        "cosignature of " + name + " at size " + cosigned.checkpoint().size() + " must verify");
    return Optional.empty();
  }

  private interface Keys {
    List<VerifierKey> of(OpenedLog log) throws MalformedLogException;
  }

  private static boolean isSignedByAny(SignedNote note, OpenedLog log, Keys keys) {
    try {
      return keys.of(log).stream().anyMatch(note::isSignedBy);
    } catch (MalformedLogException e) {
      throw new IllegalStateException("keys must be those that were read: " + log.keySpans, e);
    }
  }

  /** Once, though several witnesses may have seen the same tree. */
  private void add(String log, String message) {
    AuditFinding finding = new AuditFinding(log, -1, Kind.WITNESS, message);
    if (said.add(finding)) {
      findings.add(finding);
    }
  }
}
