package dev.retort.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.data.TableSchema;
import dev.retort.node.NodeHome;
import dev.retort.proto.v1.NodeStatus.Phase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sites that have images alone teach a student that reads texts alone; only the public rows hold both. */
@Tag("slow")
final class TwoViewsFederationTest {

  private static final List<String> CLASSES = List.of("top", "middle", "bottom");
  private static final int SIDE = 12;
  private static final String SCHEMA = """
      label: { column: label, classes: [top, middle, bottom] }
      features:
        - { column: image, kind: image, encoder: pixels-6, view: image }
        - { column: report, kind: text, encoder: words-256, view: text }
      """;

  @TempDir
  private Path root;

  private TestFederation federation;

  @BeforeEach
  void found() throws Exception {
    federation = TestFederation.found(root.resolve("federation"));
  }

  @AfterEach
  void close() throws Exception {
    federation.close();
  }

  /** Writes a table with some of the columns image, report and label. */
  private static Path write(Path file, Set<String> columns, int rows, long seed)
      throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<String> header =
        List.of("image", "report", "label").stream().filter(columns::contains).toList();
    StringBuilder text = new StringBuilder(String.join(",", header)).append('\n');
    Path images = Files.createDirectories(file.resolveSibling("images"));
    for (int row = 0; row < rows; row++) {
      int label = random.nextInt(CLASSES.size());
      String image = "images/" + row + ".png";
      String report = "shadow at the " + CLASSES.get(label) + " seen on day " + random.nextInt(99);
      StringBuilder cells = new StringBuilder();
      for (String column : header) {
        cells
            .append(cells.isEmpty() ? "" : ",")
            .append(
                switch (column) {
                  case "image" -> image;
                  case "report" -> report;
                  default -> CLASSES.get(label);
                });
      }
      text.append(cells).append('\n');
      if (columns.contains("image")) {
        draw(images.resolve(row + ".png"), label, random);
      }
    }
    return Files.writeString(file, text);
  }

  /** Grey noise, lighter in one third. */
  private static void draw(Path file, int label, SplittableRandom random) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < SIDE * SIDE; i++) {
      boolean light = i / SIDE / (SIDE / CLASSES.size()) == label;
      image.getRaster().setSample(i % SIDE, i / SIDE, 0, random.nextInt(128) + (light ? 120 : 0));
    }
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  @Test
  void study_sitesWithoutTheStudentsColumn_teachIt() throws Exception {
    Set<String> images = Set.of("image", "label");
    Set<String> reports = Set.of("report", "label");
    for (String site : List.of("site-a", "site-b", "site-c")) {
      NodeHome home = federation.enrolTable(site);
      // The third has the other view's column alone.
      write(
          home.root().resolve("records.csv"),
          site.equals("site-c") ? reports : images,
          150,
          site.hashCode());
      federation.start(home);
    }
    Path open = Files.createDirectories(root.resolve("public"));
    String set = federation.importTable(
        write(open.resolve("public.csv"), Set.of("image", "report"), 200, 1),
        TableSchema.parse(SCHEMA));
    Path test = write(open.resolve("test.csv"), reports, 200, 2);
    String study = federation.create("""
        study: views
        task: { kind: classification, classes: [top, middle, bottom] }
        transferSet: %s
        privacy: { epsilon: 60 }
        teachers: { view: image, perNode: 10, architecture: linear, epochs: 20, batchSize: 8,
                    learningRate: 0.05, device: cpu }
        student: { view: text, architecture: linear, warmUpEpochs: 2, epochs: 20, learningRate: 0.05 }
        cohort: { deadline: PT10M }
        evaluation: { table: '%s' }
        """.formatted(set, test));
    federation.awaitFinished(study);

    assertThat(federation.status(study, "site-a").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(federation.status(study, "site-b").getPhase()).isEqualTo(Phase.PHASE_ANSWERED);
    assertThat(federation.status(study, "site-c").getPhase()).isEqualTo(Phase.PHASE_DECLINED);
    assertThat(federation.status(study, "site-c").getMessage())
        .contains("the site cannot read its records for this study");
    JsonNode card = JsonMapper.shared()
        .readTree(Files.readString(federation.artefacts(study).resolve("model-card.json")));
    // One in three by chance; and no site ever had a report.
    assertThat(card.at("/evaluation/accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(card.at("/model/sampleShape").asString()).isEqualTo("256");
    assertThat(card.at("/model/reads/features").size()).isEqualTo(1);
    assertThat(card.at("/data/teachersView").asString()).isEqualTo("image");
  }
}
