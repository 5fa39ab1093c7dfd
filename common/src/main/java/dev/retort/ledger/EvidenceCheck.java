package dev.retort.ledger;

import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerReport.Finding;
import dev.retort.ledger.LedgerReport.Kind;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds the messages kept beside a ledger against the refusals that name them. What they say is not looked at. */
final class EvidenceCheck {

  private EvidenceCheck() {}

  /** What does not hold; nothing if the evidence was left out. */
  static List<Finding> findings(SumRefusals refusals, KeptEvidence evidence)
      throws MalformedLogException, LogUnavailableException {
    if (!evidence.isGiven()) {
      return List.of();
    }
    Map<Digest, Integer> lengths = lengthsOfSound(evidence);
    List<Finding> findings = new ArrayList<>();
    Set<String> uncalledFor = new TreeSet<>(evidence.names());
    for (Map.Entry<Long, SumRefuse> one : refusals.bySeq().entrySet()) {
      long bytes = 0;
      for (Digest digest : one.getValue().evidence()) {
        uncalledFor.remove(digest.hex());
        bytes += lengths.getOrDefault(digest, 0);
        if (!lengths.containsKey(digest)) {
          findings.add(new Finding(
              one.getKey(), Kind.EVIDENCE, "evidence must be there, with the digest " + digest));
        }
      }
      if (lengths.keySet().containsAll(one.getValue().evidence())
          && bytes != one.getValue().evidenceBytes()) {
        findings.add(new Finding(
            one.getKey(),
            Kind.EVIDENCE,
            "evidenceBytes must be " + bytes + ": " + one.getValue().evidenceBytes()));
      }
    }
    for (String name : uncalledFor) {
      findings.add(new Finding(
          -1,
          Kind.EVIDENCE,
          "evidence must be that of a refusal: "
              + (Digest.isValid(name) ? name : "a name that is no digest")));
    }
    return findings;
  }

  /** How long each message is that has the digest by which it is named. Each is read once, however many entries name it. */
  private static Map<Digest, Integer> lengthsOfSound(KeptEvidence evidence)
      throws MalformedLogException, LogUnavailableException {
    Map<Digest, Integer> lengths = new HashMap<>();
    for (String name : evidence.names()) {
      if (Digest.isValid(name)) {
        Digest digest = new Digest(name);
        evidence
            .message(digest)
            .filter(message -> Digest.of(message).equals(digest))
            .ifPresent(message -> lengths.put(digest, message.length));
      }
    }
    return lengths;
  }
}
