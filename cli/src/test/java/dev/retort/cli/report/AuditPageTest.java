package dev.retort.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.auditor.AuditFinding;
import dev.retort.auditor.AuditResult;
import dev.retort.auditor.AuditResult.Dates;
import dev.retort.auditor.AuditResult.KeySpan;
import dev.retort.auditor.AuditResult.LogResult;
import dev.retort.auditor.AuditedLog;
import dev.retort.auditor.LedgerFold;
import dev.retort.auditor.OfflineAudit;
import dev.retort.cli.report.TestFederation.TestSite;
import dev.retort.cli.report.TestFederation.TestStudy;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.privacy.ApproxDp;
import dev.retort.tlog.CanonicalJson;
import dev.retort.tlog.VerifierKey;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The page over audits of real ledgers and journals. Each page is left in target/audit-page for whoever wants to look. */
final class AuditPageTest {

  static final Path LEFT = Path.of("target", "audit-page");

  @TempDir
  private Path directory;

  private static String page(String name, String title, List<? extends AuditedLog> logs)
      throws Exception {
    AuditResult result = OfflineAudit.of(List.copyOf(logs));
    String page = AuditPage.html(result, title, "0.1.0");
    assertThat(AuditPage.html(OfflineAudit.of(List.copyOf(logs)), title, "0.1.0"))
        .isEqualTo(page);
    Files.writeString(Files.createDirectories(LEFT).resolve(name + ".html"), page);
    assertSound(page);
    return page;
  }

  /** What holds of every page: well-formed, self-contained, headings in order, links that lead somewhere. */
  private static void assertSound(String page) throws Exception {
    assertThat(page)
        .doesNotContainPattern("(?i)https?:|src\\s*=|url\\s*\\(|@import|<script|<link|srcset");
    Document document = document(page);
    int level = 0;
    for (Element element : all(document)) {
      String name = element.getTagName();
      if (name.matches("h[1-6]")) {
        int next = name.charAt(1) - '0';
        assertThat(next).isBetween(1, level + 1);
        level = next;
      }
      if (name.equals("th")) {
        assertThat(element.getAttribute("scope")).isIn("col", "row");
      }
      if (name.equals("table")) {
        assertThat(element.getElementsByTagName("caption").getLength()).isEqualTo(1);
      }
      if (name.equals("svg")) {
        assertThat(element.getAttribute("aria-label")).isNotBlank();
      }
      if (name.equals("a")) {
        String target = element.getAttribute("href").substring(1);
        assertThat(ids(document)).contains(target);
      }
      for (int i = 0; i < element.getAttributes().getLength(); i++) {
        assertThat(element.getAttributes().item(i).getNodeName()).doesNotStartWith("on");
      }
    }
    assertThat(ids(document)).doesNotHaveDuplicates();
    assertThat(page).doesNotContain("NaN").doesNotContain("Infinity").doesNotContain("{}");
  }

  // The page keeps to the part of HTML that is also XML, but for the elements that are never
  // closed.
  private static Document document(String page) throws Exception {
    String xml = page.replace("<!DOCTYPE html>", "")
        .replaceAll("<(meta|wbr|br)([^>]*)>", "<$1$2/>")
        .replaceAll("(?s)<style>.*?</style>", "<style></style>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> all(Document document) {
    NodeList found = document.getElementsByTagName("*");
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      elements.add((Element) found.item(i));
    }
    return elements;
  }

  private static List<String> ids(Document document) {
    return all(document).stream()
        .map(element -> element.getAttribute("id"))
        .filter(id -> !id.isEmpty())
        .toList();
  }

  private static String text(String page) throws Exception {
    return document(page).getDocumentElement().getTextContent().replaceAll("\\s+", " ");
  }

  @Test
  void html_oneLedgerAlone_saysWhatIsSpentAndWhatIsMissing() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      Pages.alone(federation);
      String page = page("alone", "Site A", List.of(Pages.first(federation).withoutAnswers()));
      assertThat(text(page))
          .contains("Everything that could be checked holds; 2 things could not be checked.")
          .contains("answers of retort/lungs/site-a: they were not handed over")
          .contains("2026-03-02 08:00 UTC to 2026-03-02 08:14 UTC")
          // 300 queries at sigma 40: rho 0.1875.
          .contains("Spent 3.022 1e-6 0.1875")
          .contains("By these logs no promise was exceeded.")
          .contains("Partly checked: answers were withheld")
          .contains("Not checked: no journal given");
    }
  }

  @Test
  void html_wholeFederation_tellsEverySitesStory() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      Pages.whole(federation);
      String page = page("federation", "Lung study of three hospitals", federation.allLogs());
      String text = text(page);
      assertThat(text)
          .contains("Everything that could be checked holds.")
          .doesNotContain("could not be checked;")
          .contains("Study lungs-1")
          .contains("Study lungs-2")
          .contains("Time goes backwards at 1 entry")
          .contains("1 charge given up: abandoned")
          .contains("1 charge neither released nor given up")
          .contains("1 block released for coordinator retort/lungs but not received")
          .contains("1 block of site-b rejected in study lungs-1: no-proof")
          .contains("budget of each household")
          .contains("coordinator\u2019s quota")
          .contains("k data sets hold the same person")
          .contains("Checked here");
      // The table of colluding nodes: alone it stays what it was, together it grows.
      assertThat(text).containsPattern("0 (\\S+) \u2013 1 \\1 \\1 2 \\1 \\S+ 3 \u2013 \\S+");
    }
  }

  @Test
  void html_findings_areOnTheFirstScreenInPlainWords() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      Pages.alone(federation);
      String page = page(
          "findings", "Site A, tampered with", List.of(Pages.first(federation).without(5)));
      assertThat(text(page))
          .containsPattern("[0-9]+ findings: rules are broken in these logs")
          .contains("Entries are missing, added or out of order.")
          .contains("The signed summary of the log does not match its entries.")
          .contains("Does not hold: ")
          .doesNotContain("Everything that could be checked holds");
    }
  }

  @Test
  void html_nothingSpent_saysSo() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      federation.site("site-a", "lung-ct", "patient", new ApproxDp(4, 1e-6));
      String page = page("unspent", "Nothing asked yet", List.of(Pages.first(federation)));
      assertThat(text(page))
          .contains("Spent 0 1e-6 0 0 %")
          .contains("Nothing was spent")
          .contains("No log knows of a study.")
          .contains("No query was refused.")
          .contains("Nothing out of the ordinary was found.");
    }
  }

  @Test
  void html_noLog_claimsNothing() throws Exception {
    assertThat(text(page("empty", "No log", List.of())))
        .contains("Nothing was checked: no log could be read.")
        .contains("Not checked: no ledger given")
        .doesNotContain("Checked here Every")
        .doesNotContain("no promise was exceeded");
  }

  @Test
  void html_aThousandCharges_drawsNoMoreThanCanBeSeen() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      Pages.thousand(federation);
      String page = page("thousand", "A busy year", List.of(Pages.first(federation)));
      assertThat(text(page)).contains("1,000 charges, of which 0 released");
      assertThat(page.length()).isLessThan(200_000);
      Matcher line = Pattern.compile("<path d=\"(M[^\"]*)\"[^>]*#0072B2").matcher(page);
      assertThat(line.find()).isTrue();
      assertThat(line.group(1).split("V").length).isBetween(400, Plot.COLUMNS);
    }
  }

  @Test
  void html_uglyNames_stayText() throws Exception {
    String script = "<script>alert('x')</script>";
    try (TestFederation federation = new TestFederation(directory, "<b>x</b>")) {
      TestSite site =
          federation.site("\"><img/src=x>", script, "</td></table>", new ApproxDp(4, 1e-6));
      TestStudy study = federation.study("&lt;{}%s", 100, 40);
      study.openAt(site);
      study.ask(site, 0, 100);
      study.reject(site, 0, "<svg/onload=alert(1)>");
      AuditResult result = OfflineAudit.of(federation.allLogs());
      String page = AuditPage.html(result, "\u202eesrever <i>", "1<2");
      Files.writeString(Files.createDirectories(LEFT).resolve("ugly.html"), page);
      Document document = document(page);
      assertThat(document.getElementsByTagName("script").getLength()).isZero();
      assertThat(document.getElementsByTagName("img").getLength()).isZero();
      assertThat(document.getElementsByTagName("i").getLength()).isZero();
      assertThat(text(page))
          .contains(script)
          .contains("</td></table>")
          .contains("&lt;{}%s")
          .contains("\\u202eesrever <i>");
    }
  }

  @Test
  void html_burnOfAChangedDataSet_isExplained() throws Exception {
    try (TestFederation federation = new TestFederation(directory)) {
      TestSite site = federation.site("site-a", "lung-ct", "patient", new ApproxDp(4, 1e-6));
      TestStudy study = federation.study("lungs-1", 100, 40);
      study.openAt(site);
      site.charge(study, 0, 10);
      site.ledger.burn(site.ledger.size() - 1, BurnReason.DATASET_CHANGED);
      assertThat(text(page("burn", "A burn", List.of(site.log()))))
          .contains("The records changed between charge and answer.");
    }
  }

  @Test
  void html_numbersOfAStranger_neitherBreakNorFillThePage() throws Exception {
    List<AuditFinding> findings = new ArrayList<>();
    LedgerFold fold = new LedgerFold("log", findings);
    long forEver = Long.MAX_VALUE;
    String[] policies = {"1E+999999999", "-3", "4"};
    String[] deltas = {"0.00001", "2", "1E-999999999"};
    for (int i = 0; i < policies.length; i++) {
      fold.next(
          i,
          CanonicalJson.encode(new TreeMap<>(Map.ofEntries(
              Map.entry("type", "policy-open"),
              Map.entry("seq", "" + i),
              Map.entry("prevRoot", "ab".repeat(32)),
              Map.entry("tick", "" + (i == 0 ? -5 : forEver)),
              Map.entry("lineage", "data" + i),
              Map.entry("unit", "x".repeat(5_000)),
              Map.entry("shards", "9999999999999999999"),
              Map.entry("neighbouring", "replace-one-unit"),
              Map.entry("accountant", "zcdp-filter/1"),
              Map.entry("conversion", "CKS20"),
              Map.entry("epsilon", policies[i]),
              Map.entry("delta", deltas[i]),
              Map.entry("rhoBudgetPico", "9999999999999999999"),
              Map.entry("spentPico", "9999999999999999999")))));
    }
    AuditResult result = new AuditResult(
        List.of(new LogResult(
            AuditedLog.Kind.NODE,
            "log",
            List.of(new KeySpan(VerifierKey.ofLog(TestSigner.of("log")).toString(), 0)),
            3,
            Optional.of(new Dates(-5, forEver, List.of())),
            List.of(),
            Optional.of(fold),
            Optional.empty())),
        findings,
        List.of(),
        List.of());
    String page = AuditPage.html(result, "Strange", "0.1.0");
    assertThat(page.length()).isLessThan(100_000);
    assertThat(text(page)).contains("1e999999999", "(5000 characters)", "no bound");
    // A finding may quote such a word; no figure may.
    Matcher figure = Pattern.compile("(?s)<svg.*?</svg>").matcher(page);
    while (figure.find()) {
      assertThat(figure.group()).doesNotContain("NaN").doesNotContain("Infinity");
    }
  }
}
