package dev.retort.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.retort.label.LabelGrid;
import dev.retort.ledger.LedgerEntry.AuditRecord;
import dev.retort.ledger.LedgerEntry.Burn;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.Charge;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.LedgerEntry.PolicyClose;
import dev.retort.ledger.LedgerEntry.PolicyOpen;
import dev.retort.ledger.LedgerEntry.QuotaSet;
import dev.retort.ledger.LedgerEntry.Refuse;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerEntry.SumRefuse;
import dev.retort.ledger.LedgerEntry.UnitCharge;
import dev.retort.merkle.Digest;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.DiscreteGaussianHints;
import dev.retort.privacy.Mechanism.DiscreteGaussianClippedSum;
import dev.retort.privacy.Mechanism.DiscreteGaussianFeatures;
import dev.retort.privacy.Mechanism.DiscreteGaussianHistogram;
import dev.retort.privacy.Mechanism.DiscreteGaussianMultiLabel;
import dev.retort.privacy.Mechanism.SummedFeatures;
import dev.retort.privacy.Mechanism.SummedHistogram;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.SummedHints;
import dev.retort.privacy.Zcdp;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.Envelope;
import dev.retort.tlog.MalformedLogException;
import dev.retort.tlog.UnsafeTestSigner;
import dev.retort.tlog.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class EntryCodecTest {

  private static final Digest DIGEST = Digest.of(new byte[] {1});
  private static final Digest OTHER = Digest.of(new byte[] {2});
  private static final Query QUERY = new Query("lung-ct", DIGEST, DIGEST, 100);
  private static final Party NORTH = new Party("north", DIGEST);
  private static final List<LedgerEntry> ENTRIES = List.of(
      new PolicyOpen(
          "lung-ct",
          new PrivacyUnit("patient", 1),
          new ApproxDp(2, 1e-5),
          new Zcdp(123),
          Zcdp.ZERO),
      new DatasetBind("lung-ct", DIGEST, 100, "prf-mod-teachers/1"),
      new CampaignOpen(DIGEST, new DiscreteGaussianHistogram(new LabelGrid(15), 10, 40)),
      new Charge(
          QUERY,
          DIGEST,
          NORTH,
          List.of(
              new UnitCharge("household", new Zcdp(80), new Zcdp(16), new Zcdp(96)),
              new UnitCharge("patient", new Zcdp(5), new Zcdp(1), new Zcdp(6)))),
      new Release(3, DIGEST, DIGEST),
      new Refuse(QUERY, DIGEST, NORTH, new Limit.Filter("patient"), Zcdp.UNBOUNDED, new Zcdp(1)),
      new Burn(3, BurnReason.DATASET_CHANGED),
      new Refuse(QUERY, DIGEST, NORTH, new Limit.Quota("north"), new Zcdp(5), new Zcdp(1)),
      new QuotaSet("lung-ct", "north", new Zcdp(77)),
      new CampaignOpen(DIGEST, new DiscreteGaussianMultiLabel(14, 40)),
      new CampaignOpen(DIGEST, new DiscreteGaussianFeatures(32, 1 << 16, 1 << 20)),
      new CampaignOpen(DIGEST, new DiscreteGaussianClippedSum(1, -5, 300, 4000)),
      new CampaignOpen(DIGEST, new SummedHistogram(new LabelGrid(15), 10, 53, 7)),
      new PolicyClose("lung-ct"),
      new AuditRecord("one-run", 4, 0, 1e-5, 0.95, DIGEST),
      new SumRefuse(DIGEST, DIGEST, "equivocation", 7, List.of(DIGEST, OTHER), 300),
      new SumRefuse(DIGEST, DIGEST, "too_few_ready", 48, List.of(), 0),
      new CampaignOpen(DIGEST, new SummedFeatures(2570, 1 << 14, 50_000, 9)),
      new CampaignOpen(DIGEST, new DiscreteGaussianHints(new LabelGrid(3), 241, 10, 16, 512, 99)),
      new CampaignOpen(DIGEST, new SummedHints(new LabelGrid(3), 241, 10, 16, 512, 50_000, 9)));

  @Test
  void decode_encodedEntries_areTheEntries() throws MalformedLogException {
    for (LedgerEntry entry : ENTRIES) {
      LedgerRecord ledgerRecord = at(9, entry);
      assertThat(EntryCodec.decode(EntryCodec.encode(ledgerRecord))).isEqualTo(ledgerRecord);
    }
  }

  @Test
  void encode_policy_isTheCanonicalText() {
    assertThat(at(0, ENTRIES.get(0)).canonicalJson())
        .isEqualTo(
            "{\"accountant\":\"zcdp-filter/1\",\"conversion\":\"CKS20\",\"delta\":\"0.00001\",\"epsilon\":\"2\","
                + "\"lineage\":\"lung-ct\",\"neighbouring\":\"replace-one-unit\",\"prevRoot\":\""
                + DIGEST
                + "\",\"rhoBudgetPico\":\"123\",\"seq\":\"0\",\"shards\":\"1\",\"spentPico\":\"0\",\"tick\":\"1800000000\",\"type\":\"policy-open\",\"unit\":\"patient\"}");
  }

  @Test
  void encode_histogramCampaign_keepsItsForm() {
    assertThat(at(2, ENTRIES.get(2)).canonicalJson())
        .isEqualTo(
            "{\"S\":\"15\",\"campaign\":\"" + DIGEST
                + "\",\"classes\":\"10\",\"deltaSq\":\"450\",\"mechanism\":\"dgauss/1\",\"prevRoot\":\""
                + DIGEST
                + "\",\"seq\":\"2\",\"sigma\":\"40\",\"tick\":\"1800000000\",\"type\":\"campaign-open\"}");
  }

  @Test
  void encode_hintsCampaign_isTheCanonicalText() {
    // 2 * (3 * 241)^2 + 4 * 512^2.
    assertThat(at(18, ENTRIES.get(18)).canonicalJson())
        .isEqualTo(
            "{\"S\":\"3\",\"campaign\":\"" + DIGEST
                + "\",\"classes\":\"10\",\"deltaSq\":\"2094034\",\"dimensions\":\"16\",\"mechanism\":\"dgauss-hints/1\",\"norm\":\"512\",\"prevRoot\":\""
                + DIGEST
                + "\",\"seq\":\"18\",\"sigma\":\"99\",\"tick\":\"1800000000\",\"type\":\"campaign-open\",\"weight\":\"241\"}");
  }

  @Test
  void encode_sumRefusal_isTheCanonicalText() {
    assertThat(at(15, ENTRIES.get(15)).canonicalJson())
        .isEqualTo("{\"campaign\":\"" + DIGEST + "\",\"code\":\"7\",\"evidence\":\"" + DIGEST + ","
            + OTHER + "\",\"evidenceBytes\":\"300\",\"prevRoot\":\"" + DIGEST
            + "\",\"reason\":\"equivocation\",\"seq\":\"15\",\"session\":\"" + DIGEST
            + "\",\"tick\":\"1800000000\",\"type\":\"sum-refuse\"}");
  }

  @Test
  void decode_changedSumRefusals_areRefused() {
    String good = at(15, ENTRIES.get(15)).canonicalJson();
    for (String text : List.of(
        good.replace("equivocation", "Equivocation"),
        good.replace("equivocation", ""),
        good.replace("\"code\":\"7\"", "\"code\":\"0\""),
        good.replace("\"code\":\"7\"", "\"code\":\"256\""),
        good.replace("\"code\":\"7\"", "\"code\":\"07\""),
        good.replace("," + OTHER, ""),
        good.replace("," + OTHER, "," + OTHER + "," + OTHER),
        good.replace("," + OTHER, "," + OTHER + ","),
        good.replace("," + OTHER, ", " + OTHER),
        good.replace("\"300\"", "\"-1\""),
        good.replace("\"300\"", "\"17825793\""),
        at(16, ENTRIES.get(16))
            .canonicalJson()
            .replace(
                "\"evidence\":\"\"",
                "\"evidence\":\"" + (DIGEST + ",").repeat(4) + DIGEST + "\""))) {
      assertThatThrownBy(() -> EntryCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
          .as(text)
          .isInstanceOf(MalformedLogException.class);
    }
  }

  @Test
  void decode_changedTexts_areRefused() {
    String good = at(4, ENTRIES.get(4)).canonicalJson();
    List<String> bad = List.of(
        "",
        "{}",
        "null",
        good.replace("{", "{ "),
        good + " ",
        good.replace("\"charge\":\"3\"", "\"charge\":3"),
        good.replace("\"charge\":\"3\"", "\"charge\":\"03\""),
        good.replace("\"charge\":\"3\"", "\"charge\":\"+3\""),
        good.replace("\"charge\":\"3\"", "\"charge\":\"-3\""),
        good.replace("\"charge\":\"3\"", "\"charge\":\"99999999999999999999\""),
        good.replace("\"charge\":\"3\",", ""),
        good.replace("\"charge\":\"3\"", "\"charge\":\"3\",\"charge\":\"3\""),
        good.replace("\"charge\":\"3\"", "\"charge\":\"3\",\"extra\":\"3\""),
        good.replace("\"charge\"", "\"\\u0063harge\""),
        good.replace("\"release\"", "\"reprieve\""),
        good.replace("1800000000", "1800000001"),
        good.replace("1800000000", "-31557014167219200"),
        good.replace("1800000000", "9223372036854775807"),
        good.replace("\"seq\":\"4\"", "\"seq\":\"-4\""),
        good.replace(DIGEST.hex(), "00"),
        at(2, ENTRIES.get(2)).canonicalJson().replace("\"deltaSq\":\"450\"", "\"deltaSq\":\"2\""),
        at(2, ENTRIES.get(2)).canonicalJson().replace("\"sigma\":\"40\"", "\"sigma\":\"0\""),
        at(2, ENTRIES.get(2))
            .canonicalJson()
            .replace("\"sigma\":\"40\"", "\"sigma\":\"99999999999\""),
        at(0, ENTRIES.get(0)).canonicalJson().replace("\"epsilon\":\"2\"", "\"epsilon\":\"2.0\""),
        at(0, ENTRIES.get(0)).canonicalJson().replace("\"epsilon\":\"2\"", "\"epsilon\":\"NaN\""),
        at(0, ENTRIES.get(0)).canonicalJson().replace("lung-ct", "lung ct"),
        at(6, ENTRIES.get(6)).canonicalJson().replace("dataset_changed", "whim"),
        at(0, ENTRIES.get(0)).canonicalJson().replace("\"shards\":\"1\"", "\"shards\":\"0\""),
        at(3, ENTRIES.get(3)).canonicalJson().replace("rhoPico:patient", "rhoPico:person"),
        at(3, ENTRIES.get(3)).canonicalJson().replace("rhoPico:patient", "rhoPatient"),
        at(5, ENTRIES.get(5)).canonicalJson().replace("\"budget\"", "\"whim\""),
        at(7, ENTRIES.get(7)).canonicalJson().replace("\"quota\"", "\"budget\""),
        at(9, ENTRIES.get(9)).canonicalJson().replace("dgauss-multilabel", "dgauss-features"),
        at(9, ENTRIES.get(9)).canonicalJson().replace("\"deltaSq\":\"14\"", "\"deltaSq\":\"1\""),
        at(10, ENTRIES.get(10))
            .canonicalJson()
            .replace("\"norm\":\"65536\"", "\"norm\":\"99999999\""),
        at(11, ENTRIES.get(11)).canonicalJson().replace("\"low\":\"-5\"", "\"low\":\"300\""),
        at(18, ENTRIES.get(18)).canonicalJson().replace("\"241\"", "\"240\""),
        at(18, ENTRIES.get(18)).canonicalJson().replace("\"241\"", "\"0\""));
    for (String text : bad) {
      assertThatThrownBy(() -> EntryCodec.decode(text.getBytes(StandardCharsets.UTF_8)))
          .as(text)
          .isInstanceOf(MalformedLogException.class);
    }
    assertThatThrownBy(() -> EntryCodec.decode(new byte[] {'{', '"', (byte) 0xc0, '"', '}'}))
        .isInstanceOf(MalformedLogException.class);
    assertThatThrownBy(() -> EntryCodec.decode(new byte[100_000]))
        .isInstanceOf(MalformedLogException.class);
  }

  @Property
  void decode_flippedBytes_areRefusedOrDifferent(
      @ForAll @IntRange(min = 0, max = 19) int which,
      @ForAll @IntRange(min = 0) int where,
      @ForAll @IntRange(min = 1, max = 255) int flip) {
    LedgerRecord ledgerRecord = at(9, ENTRIES.get(which));
    byte[] json = EntryCodec.encode(ledgerRecord);
    json[where % json.length] ^= (byte) flip;
    try {
      assertThat(EntryCodec.decode(json)).isNotEqualTo(ledgerRecord);
    } catch (MalformedLogException expected) {
      assertThat(expected).hasMessageContaining("must");
    }
  }

  @Property
  void parse_anyFields_roundTrip(@ForAll("fields") SortedMap<String, String> fields)
      throws MalformedLogException {
    assertThat(CanonicalJson.parse(CanonicalJson.encode(fields))).isEqualTo(fields);
  }

  @Provide
  Arbitrary<SortedMap<String, String>> fields() {
    var text = Arbitraries.strings().withCharRange('\0', '\ud7ff').ofMaxLength(12);
    return Arbitraries.maps(text, text).ofMinSize(1).ofMaxSize(6).map(TreeMap::new);
  }

  @Property
  void parse_anyText_throwsNothingElse(@ForAll String text) {
    try {
      CanonicalJson.parse(text.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedLogException expected) {
      assertThat(expected).hasMessageContaining("must");
    }
  }

  @Property
  void shortest_anyDouble_readsBackExactly(@ForAll @LongRange(min = 0) long bits) {
    double value = Double.longBitsToDouble(bits);
    Assume.that(Double.isFinite(value));
    assertThat(Double.parseDouble(Decimals.shortest(value))).isEqualTo(value);
  }

  @Test
  void envelope_flippedAnywhere_isRefusedOrUnsigned() {
    UnsafeTestSigner signer = new UnsafeTestSigner("site", "site");
    VerifierKey key = VerifierKey.ofLog(signer);
    byte[] json =
        Envelope.sign(EntryCodec.encode(at(4, ENTRIES.get(4))), signer).encode();
    for (int i = 0; i < json.length; i++) {
      byte[] flipped = json.clone();
      flipped[i] ^= 1;
      try {
        assertThat(Envelope.parse(flipped).isSignedBy(key)).as("byte %d", i).isFalse();
      } catch (MalformedLogException expected) {
        assertThat(expected).hasMessageContaining("must");
      }
    }
  }

  private static LedgerRecord at(long seq, LedgerEntry entry) {
    return new LedgerRecord(seq, DIGEST, Instant.ofEpochSecond(1_800_000_000), entry);
  }
}
