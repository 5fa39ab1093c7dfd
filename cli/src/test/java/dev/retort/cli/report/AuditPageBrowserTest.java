package dev.retort.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.retort.auditor.OfflineAudit;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser. Where Debian's chromium is not installed these tests say so and are skipped. */
final class AuditPageBrowserTest {

  private static final Pattern WIDTH = Pattern.compile("<title>wide (\\d+) of (\\d+)</title>");

  @TempDir
  private Path directory;

  private Path page = Path.of("");

  @BeforeEach
  void writePage() throws Exception {
    boolean installed = Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, "chromium")));
    if (!installed) {
      System.err.println(
          "SKIPPED: the audit page was not tried in a browser: chromium is not installed");
    }
    assumeTrue(installed, "chromium must be installed to try the page in a browser");
    page = directory.resolve("page.html");
    try (TestFederation federation = new TestFederation(directory)) {
      Pages.whole(federation);
      Files.writeString(
          page, AuditPage.html(OfflineAudit.of(federation.allLogs()), "Lung study", "0.1.0"));
    }
  }

  private String chromium(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--allow-file-access-from-files",
        "--user-data-dir=" + directory.resolve("profile")));
    command.addAll(List.of(arguments));
    Path out = directory.resolve("out.txt");
    Process process = new ProcessBuilder(command)
        .redirectOutput(out.toFile())
        .redirectError(directory.resolve("err.txt").toFile())
        .start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    return Files.readString(out);
  }

  // A window cannot be as narrow as a telephone; a frame in it can. The page forbids scripts, so
  // the frame measures it.
  private void assertFits(int width) throws Exception {
    Path measure = directory.resolve("measure.html");
    Files.writeString(measure, """
        <body><iframe id="f" src="page.html" style="width:%dpx;height:900px;border:0"></iframe>
        <script>onload = () => { const d = document.getElementById('f').contentDocument.documentElement;
        document.title = 'wide ' + d.scrollWidth + ' of ' + d.clientWidth; }</script></body>
        """.formatted(width));
    Matcher found = WIDTH.matcher(
        chromium("--dump-dom", "--window-size=1600,1000", measure.toUri().toString()));
    assertThat(found.find()).isTrue();
    assertThat(Integer.parseInt(found.group(1)))
        .isEqualTo(Integer.parseInt(found.group(2)))
        .isBetween(width - 30, width);
  }

  @Test
  void page_onATelephoneAndOnADesk_isNeverWiderThanTheScreen() throws Exception {
    assertFits(380);
    assertFits(1400);
  }

  @Test
  void page_printed_isAPdfOfAHandfulOfPages() throws Exception {
    Path pdf = directory.resolve("page.pdf");
    chromium("--no-pdf-header-footer", "--print-to-pdf=" + pdf, page.toUri().toString());
    String bytes = Files.readString(pdf, StandardCharsets.ISO_8859_1);
    assertThat(bytes).startsWith("%PDF-");
    Matcher pages = Pattern.compile("/Type /Pages\\s*/Count (\\d+)").matcher(bytes);
    assertThat(pages.find()).isTrue();
    assertThat(Integer.parseInt(pages.group(1))).isBetween(8, 20);
  }

  @Test
  void page_loaded_asksForNothingAndRunsNothing() throws Exception {
    String hostile = Files.readString(page)
        .replace(
            "</body>",
            "<script>document.title = 'ran'</script><img src=\"file:///etc/hostname\""
                + " onerror=\"document.title = 'asked'\"></body>");
    Path tampered = directory.resolve("tampered.html");
    Files.writeString(tampered, hostile);
    assertThat(chromium("--dump-dom", tampered.toUri().toString()))
        .contains("<title>Privacy audit: Lung study</title>")
        .contains("Everything that could be checked holds.");
  }
}
