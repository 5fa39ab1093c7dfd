package dev.retort.cli;

import dev.retort.coordinator.CoordinatorConfig;
import dev.retort.coordinator.CoordinatorCore;
import dev.retort.coordinator.enroll.FederationKeys;
import dev.retort.data.CsvRows;
import dev.retort.data.SchemaInference;
import dev.retort.data.TableSchema;
import dev.retort.identity.FederationName;
import dev.retort.identity.IdentityKey;
import dev.retort.identity.KeyDirectory;
import dev.retort.transfer.ChunkStore;
import dev.retort.transfer.Manifest;
import dev.retort.transfer.SampleRange;
import dev.retort.transfer.SignedManifest;
import dev.retort.transfer.TransferImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code retort transfer}: the coordinator's public samples. */
@Command(
    name = "transfer",
    description = "Public transfer sets.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = TransferCommand.Import.class)
final class TransferCommand extends CommandGroup {

  /** {@code retort transfer import}. */
  @Command(
      name = "import",
      description = {
        "Turn public samples into content-addressed chunks with a signed manifest.",
        "Prints the reference that a study file names, NAME@sha256:DIGEST."
      },
      mixinStandardHelpOptions = true)
  static final class Import implements Callable<Integer> {

    @Option(names = "--home", required = true, description = "The coordinator's home.")
    private Path home = Path.of(".");

    @Option(
        names = "--name",
        required = true,
        description = "1 to 64 characters of a-z, 0-9 and '-'.")
    private String name = "";

    @Option(
        names = "--licence",
        required = true,
        description = "The terms under which the samples are public, such as 'CC BY 4.0'.")
    private String licence = "";

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // set by picocli before call()
    private Source source;

    static final class Source {
      @Option(names = "--images", description = "An IDX image file, .gz or plain.")
      private @Nullable Path images;

      @Option(names = "--table", description = "A CSV file with a header, .gz or plain.")
      private @Nullable Path table;
    }

    @Option(
        names = "--schema",
        description =
            "For --table: the YAML description of its columns. Without it, the schema is inferred"
                + " from the table itself.")
    private @Nullable Path schema;

    @Option(
        names = "--label",
        description = "For --table without --schema: the label's column in the nodes' tables.")
    private @Nullable String label;

    @Option(
        names = "--ignore",
        split = ",",
        description =
            "For --table without --schema: columns that are no features, such as identifiers.")
    private List<String> ignored = List.of();

    @Option(
        names = "--classes",
        split = ",",
        description = "The class names in label order. Needed with --label.")
    private List<String> classes = List.of();

    @Option(names = "--first", description = "The first sample to take. Default: ${DEFAULT-VALUE}.")
    private long first;

    @Option(
        names = "--count",
        description = "How many samples to take. Default: all from --first on.")
    private int count;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
      IdentityKey identity = identity();
      ChunkStore store = ChunkStore.open(CoordinatorCore.transfer(home));
      @Nullable SampleRange part = count == 0 ? null : new SampleRange(first, count);
      if (part == null && first > 0) {
        throw new CommandFailedException("--first needs --count");
      }
      TransferImport run = new TransferImport(name, licence, classes, part);
      Manifest manifest;
      if (source.images != null) {
        manifest = run.images(source.images, store);
      } else if (source.table != null) {
        ProgressLines progress = ProgressLines.onStderr();
        manifest =
            run.table(source.table, schema(source.table), store, progress.texts(source.table));
        progress.finish();
      } else {
        throw new CommandFailedException("one of --images and --table is needed");
      }
      store.putManifest(SignedManifest.sign(manifest, identity.publicKey(), identity::sign));
      print(manifest);
      return 0;
    }

    private void print(Manifest manifest) {
      if (json) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("transferSet", manifest.ref().toString());
        out.put("samples", manifest.samples());
        out.put("shape", manifest.shape().toString());
        out.put("chunks", manifest.chunks().size());
        System.out.println(JsonMapper.shared().writeValueAsString(out));
      } else {
        System.out.printf(
            "%d samples of %s in %d chunks%n%s%n",
            manifest.samples(), manifest.shape(), manifest.chunks().size(), manifest.ref());
      }
    }

    private TableSchema schema(Path table) throws Exception {
      if (schema != null) {
        return TableSchema.read(schema);
      }
      CsvRows rows = CsvRows.read(table, Integer.MAX_VALUE);
      SchemaInference inference =
          label == null ? SchemaInference.unlabelled() : SchemaInference.labelledBy(label);
      return TableSchema.infer(
          rows.header(), rows.rows(), inference.withClasses(classes).ignoring(Set.copyOf(ignored)));
    }

    private IdentityKey identity() throws Exception {
      if (!Files.exists(home.resolve(CoordinatorConfig.FILE))) {
        throw new CommandFailedException(
            "--home must be a coordinator's home; make one with: retort coordinator init --home "
                + home);
      }
      SecureRandom random = new SecureRandom();
      CoordinatorConfig config = CoordinatorConfig.read(home, List.of());
      return FederationKeys.open(
              KeyDirectory.open(home, random, new KeyPassphraseOption().coordinator(home, config)),
              new FederationName(config.federation()),
              Clock.systemUTC(),
              random)
          .identity();
    }
  }
}
