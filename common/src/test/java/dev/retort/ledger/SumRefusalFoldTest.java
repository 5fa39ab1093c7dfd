package dev.retort.ledger;

import static dev.retort.ledger.PrivacyLedgerTest.CAMPAIGN;
import static dev.retort.ledger.PrivacyLedgerTest.file;
import static dev.retort.ledger.SumRefusalTest.SESSION;
import static dev.retort.ledger.SumRefusalTest.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditFinding.Kind;
import dev.retort.auditor.LedgerEvent.SumRefusal;
import dev.retort.auditor.LedgerFold;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.merkle.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The auditor's fold takes the refusals that a node writes, and no others. */
final class SumRefusalFoldTest {

  @TempDir
  private Path directory;

  private LedgerFold fold(List<AuditFinding> findings, UnaryOperator<String> change)
      throws Exception {
    LedgerFold fold = new LedgerFold("log", findings);
    for (LedgerRecord one : LedgerReader.entries(file(directory))) {
      fold.next(one.seq(), change.apply(one.canonicalJson()).getBytes(StandardCharsets.UTF_8));
    }
    return fold;
  }

  private List<Kind> kinds(UnaryOperator<String> change) throws Exception {
    List<AuditFinding> findings = new ArrayList<>();
    fold(findings, change);
    return findings.stream().map(AuditFinding::kind).distinct().toList();
  }

  /** What an auditor finds in refusals that no honest node would write. */
  private List<Kind> kindsOf(int count, IntFunction<SumRefuse> refusals) throws Exception {
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = fold(findings, json -> json);
    LedgerRecord last = LedgerReader.entries(file(directory)).get(4);
    for (int i = 0; i < count; i++) {
      LedgerRecord next = new LedgerRecord(5 + i, last.prevRoot(), last.tick(), refusals.apply(i));
      fold.next(next.seq(), next.canonicalJson().getBytes(StandardCharsets.UTF_8));
    }
    return findings.stream().map(AuditFinding::kind).toList();
  }

  @Test
  void fold_honestRefusals_readsThem() throws Exception {
    SumRefusalTest.writeLedger(directory);
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = fold(findings, json -> json);
    assertThat(findings).isEmpty();
    assertThat(fold.sumRefusals())
        .extracting(SumRefusal::reason)
        .containsExactly("equivocation", "policy_noise");
    SumRefusal first = fold.sumRefusals().get(0);
    assertThat(first.evidence())
        .containsExactly(Digest.of(message("one")), Digest.of(message("two")));
    assertThat(first.session()).isEqualTo(SESSION);
    assertThat(first.evidenceBytes()).isEqualTo(6);
    assertThat(fold.refusals()).isEmpty();
    assertThat(fold.lineages().iterator().next().units())
        .allMatch(unit -> unit.spent().signum() == 0);
  }

  @Test
  void fold_entryOfAnotherForm_isMalformed() throws Exception {
    SumRefusalTest.writeLedger(directory);
    for (UnaryOperator<String> change : List.<UnaryOperator<String>>of(
        json -> json.replace("equivocation", "EQUIVOCATION"),
        json -> json.replace("\"code\":\"7\"", "\"code\":\"0\""),
        json -> json.replace("\"code\":\"7\"", "\"code\":\"256\""),
        json -> json.replace("," + Digest.of(message("two")), ""),
        json -> json.replace("," + Digest.of(message("two")), ",2"),
        json -> json.replace("\"evidenceBytes\":\"6\"", "\"evidenceBytes\":\"-6\""),
        json -> json.replace("\"evidenceBytes\":\"6\"", "\"evidenceBytes\":\"17825793\""),
        json -> json.replace("\"evidenceBytes\":\"6\",", ""),
        json -> json.replace("\"session\"", "\"meeting\""))) {
      assertThat(kinds(change)).containsExactly(Kind.MALFORMED);
    }
  }

  @Test
  void fold_sameTwice_isFoundWhateverItsCode() throws Exception {
    SumRefusalTest.writeLedger(directory);
    Digest two = Digest.of(message("two"));
    assertThat(
            kindsOf(1, i -> new SumRefuse(CAMPAIGN, SESSION, "policy_noise", 15, List.of(two), 3)))
        .containsExactly(Kind.SUM_REFUSAL);
  }

  @Test
  void fold_moreThanTheLimits_isFoundFromThereOn() throws Exception {
    SumRefusalTest.writeLedger(directory);
    IntFunction<Digest> numbered = i -> Digest.of(message("number " + i));
    // One of the session is there already.
    assertThat(kindsOf(
            9,
            i -> new SumRefuse(CAMPAIGN, SESSION, "bad_share", 45, List.of(numbered.apply(i)), 1)))
        .containsExactly(Kind.SUM_REFUSAL, Kind.SUM_REFUSAL);
    assertThat(kindsOf(
            64, i -> new SumRefuse(CAMPAIGN, numbered.apply(i), "expired", 9, List.of(), 0)))
        .containsExactly(Kind.SUM_REFUSAL);
    assertThat(kindsOf(
            4,
            i -> new SumRefuse(
                CAMPAIGN,
                numbered.apply(i),
                "equivocation",
                7,
                List.of(numbered.apply(i), SESSION),
                17 << 20)))
        .containsExactly(Kind.SUM_REFUSAL);
  }
}
