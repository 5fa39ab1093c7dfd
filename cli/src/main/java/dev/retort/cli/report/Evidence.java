package dev.retort.cli.report;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.AuditResult;
import java.util.List;

/**
 * How far a claim is borne out by the logs of one audit.
 *
 * @param word for the reader, who may not see colours
 * @param style the class of its label
 */
record Evidence(String word, String style) {

  static final Evidence STATED = new Evidence("Stated, not checked", "stated");
  static final Evidence UNSEEN = new Evidence("Cannot be seen offline", "unseen");
  static final Evidence NOT_GIVEN = new Evidence("Not checked: no ledger given", "unseen");

  /** Whether rules were tested and hold: true only if a log was there to test them on. */
  static Evidence ofRules(AuditResult result, boolean tested, List<Kind> kinds) {
    long broken = result.findings().stream()
        .map(AuditFinding::kind)
        .filter(kinds::contains)
        .count();
    if (broken > 0) {
      return new Evidence("Does not hold: " + Words.count(broken, "finding", "findings"), "broken");
    }
    return tested ? new Evidence("Checked here", "checked") : NOT_GIVEN;
  }

  /** As {@link #ofRules}, of a claim of which the rules are only a part. */
  static Evidence ofPart(AuditResult result, boolean tested, List<Kind> kinds) {
    Evidence whole = ofRules(result, tested, kinds);
    return whole.style().equals("checked") ? new Evidence("Partly checked", "stated") : whole;
  }
}
