package dev.retort.auditor;

import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.LedgerEvent.SumRefusal;
import dev.retort.merkle.Digest;
import dev.retort.tlog.FieldReader;
import dev.retort.tlog.MalformedLogException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Follows a ledger's refusals in secure sums: none is written twice, and no coordinator makes the ledger grow without end. */
final class SumRefusalFold {

  private static final long MOST_OF_SESSION = 8;
  private static final long MOST_OF_CAMPAIGN = 64;
  private static final long MOST_BYTES_OF_CAMPAIGN = 67_108_864;
  private static final int MOST_BYTES = 17_825_792;

  private final String log;
  private final List<AuditFinding> findings;
  private final List<SumRefusal> all = new ArrayList<>();
  private final Set<List<Object>> written = new HashSet<>();
  private final Map<String, Long> sums = new HashMap<>();

  SumRefusalFold(String log, List<AuditFinding> findings) {
    this.log = log;
    this.findings = findings;
  }

  /** Takes the fields of the next one. */
  void next(long index, long tick, FieldReader fields) throws MalformedLogException {
    SumRefusal next = new SumRefusal(
        index,
        fields.digest("campaign"),
        fields.digest("session"),
        fields.text("reason"),
        fields.smallInteger("code"),
        digests(fields.text("evidence")),
        fields.integer("evidenceBytes"),
        tick);
    requireForm(next);
    all.add(next);
    if (!written.add(List.of(next.campaign(), next.session(), next.reason(), next.evidence()))) {
      add(index, "a refusal in a secure sum must be written once: " + next.reason());
    }
    // Equivocations are counted apart, so that nothing else keeps them out.
    String sort = next.isEquivocation() ? " equivocations of " : " others of ";
    long ofSession = sums.merge("count" + sort + next.session(), 1L, Long::sum);
    long ofCampaign = sums.merge("count" + sort + "study " + next.campaign(), 1L, Long::sum);
    long bytes =
        sums.merge("bytes" + sort + "study " + next.campaign(), next.evidenceBytes(), Long::sum);
    if (ofSession > MOST_OF_SESSION
        || ofCampaign > MOST_OF_CAMPAIGN
        || bytes > MOST_BYTES_OF_CAMPAIGN) {
      add(
          index,
          "refusals in secure sums must be at most " + MOST_OF_SESSION + " a session, and "
              + MOST_OF_CAMPAIGN + " with " + MOST_BYTES_OF_CAMPAIGN
              + " bytes of evidence a study: " + ofSession + ", " + ofCampaign + " with " + bytes);
    }
  }

  /** All in order. */
  List<SumRefusal> all() {
    return Collections.unmodifiableList(all);
  }

  private static void requireForm(SumRefusal next) throws MalformedLogException {
    if (!next.reason().matches("[a-z][a-z_]{0,63}") || next.code() < 1 || next.code() > 255) {
      throw new MalformedLogException(
          "reason and code must be a name and in [1, 255]: " + next.reason() + ", " + next.code());
    }
    if (next.evidenceBytes() < 0
        || next.evidenceBytes() > MOST_BYTES
        || (next.isEquivocation() && next.evidence().size() != 2)) {
      throw new MalformedLogException("evidence must be two messages of equivocation, and at most "
          + MOST_BYTES + " bytes long: " + next.evidence().size() + ", " + next.evidenceBytes());
    }
  }

  private static List<Digest> digests(String text) throws MalformedLogException {
    if (!text.matches("([0-9a-f]{64}(,[0-9a-f]{64}){0,3})?")) {
      throw new MalformedLogException("evidence must be at most 4 digests: " + text);
    }
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(Digest::new).toList();
  }

  private void add(long index, String message) {
    findings.add(new AuditFinding(log, index, Kind.SUM_REFUSAL, message));
  }
}
