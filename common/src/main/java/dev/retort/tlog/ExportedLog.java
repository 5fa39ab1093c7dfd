package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A log exported by {@link LogExport}: a directory with {@code export.json}, {@code checkpoint}, {@code cosigned/},
 * {@code witnessed/}, {@code policy} and {@code tile/}. It needs nothing else: no network, no database. Opening succeeds whatever the files
 * hold; {@link #faults} says what is wrong with them. Not thread-safe.
 */
public final class ExportedLog implements LogSource {

  static final String FORMAT = "retort-log-export/1";
  static final String HEADER = "export.json";
  static final String CHECKPOINT = "checkpoint";
  static final String POLICY = "policy";
  static final String COSIGNED = "cosigned";
  static final String WITNESSED = "witnessed";

  private static final int MAX_TEXT_BYTES = 1 << 20;

  private final Path directory;
  private final Predicate<String> beside;
  private final @Nullable Header header;
  private final List<LogFault> formFaults = new ArrayList<>();
  private final List<LogFault> entryFaults = new ArrayList<>();
  private final Tiles tiles;

  private ExportedLog(Path directory, Predicate<String> beside) throws LogUnavailableException {
    this.directory = directory;
    this.beside = beside;
    Header read = null;
    try {
      read = Header.parse(LogDirectory.read(directory, HEADER, MAX_TEXT_BYTES));
    } catch (MalformedLogException e) {
      formFaults.add(fault(-1, e));
    }
    this.header = read;
    this.tiles = new Tiles(directory, read == null ? 0 : read.size());
  }

  /** Whose log an export holds. */
  public enum Kind {
    NODE,
    COORDINATOR
  }

  /** {@code export.json}. */
  record Header(Kind kind, String origin, VerifierKey key, long size) {

    static Header parse(byte[] json) throws MalformedLogException {
      FieldReader fields = new FieldReader(CanonicalJson.parse(json));
      try {
        fields.constant("format", FORMAT);
        String origin = fields.text("origin");
        VerifierKey key = VerifierKey.parse(fields.text("key"));
        Header header = new Header(
            Kind.valueOf(fields.text("kind").toUpperCase(Locale.ROOT)),
            origin,
            key,
            fields.integer("size"));
        fields.requireAllRead();
        if (!origin.equals(key.name()) || header.size() < 0) {
          throw new MalformedLogException("origin must be the key's name, and size >= 0");
        }
        if (Arrays.equals(header.encode(), json)) {
          return header;
        }
        throw new MalformedLogException("numbers and kind must be in their one form");
      } catch (MalformedLogException | IllegalArgumentException e) {
        throw new MalformedLogException(HEADER + " must be valid: " + e.getMessage(), e);
      }
    }

    byte[] encode() {
      SortedMap<String, String> fields = new TreeMap<>();
      fields.put("format", FORMAT);
      fields.put("kind", kind.name().toLowerCase(Locale.ROOT));
      fields.put("origin", origin);
      fields.put("key", key.toString());
      fields.put("size", Long.toString(size));
      return CanonicalJson.encode(fields);
    }
  }

  /** Whether {@code directory} looks like an export, be it a damaged one. */
  public static boolean isExport(Path directory) {
    return Files.exists(directory.resolve(HEADER)) || Files.isDirectory(directory.resolve("tile"));
  }

  /**
   * Opens an export.
   *
   * @param beside which files, by their path below the directory, there may be beside the log's own
   */
  public static ExportedLog open(Path directory, Predicate<String> beside)
      throws LogUnavailableException {
    if (!Files.isDirectory(directory)) {
      throw new LogUnavailableException("export must be a directory: " + directory);
    }
    return new ExportedLog(directory, beside);
  }

  /** Whose log it is, if {@code export.json} can be read. */
  public Optional<Kind> kind() {
    return Optional.ofNullable(header).map(Header::kind);
  }

  /** The count of entries that {@code export.json} gives; 0 if it cannot be read. */
  public long size() {
    return tiles.size();
  }

  @Override
  public Optional<String> logKey() {
    return Optional.ofNullable(header).map(known -> known.key().toString());
  }

  @Override
  public Optional<String> checkpoint() throws LogUnavailableException {
    try {
      return Optional.of(LogDirectory.readText(directory, CHECKPOINT, MAX_TEXT_BYTES));
    } catch (MalformedLogException e) {
      // Absent or no text: the audit misses it, and names it.
      return Optional.empty();
    }
  }

  @Override
  public SortedMap<String, String> cosignedByWitness() throws LogUnavailableException {
    return notes(COSIGNED);
  }

  /** The newest checkpoints of other logs that this one's owner accepted as a witness, by their origins. */
  public SortedMap<String, String> witnessed() throws LogUnavailableException {
    return notes(WITNESSED);
  }

  private SortedMap<String, String> notes(String part) throws LogUnavailableException {
    SortedMap<String, String> notes = new TreeMap<>();
    for (String file : files(part)) {
      String name = file.substring(part.length() + 1);
      String note;
      try {
        note = LogDirectory.readText(directory, file, MAX_TEXT_BYTES);
      } catch (MalformedLogException e) {
        note = "";
      }
      notes.put(FileNames.decode(name), note);
    }
    return notes;
  }

  @Override
  public Optional<WitnessPolicy> policy() throws LogUnavailableException {
    try {
      return Optional.of(readPolicy());
    } catch (MalformedLogException e) {
      return Optional.empty();
    }
  }

  /** Shows every entry in order, as far as bundles can be read, and compares all tiles with the entries. */
  @Override
  public void forEachEntry(LogFile.EntryVisitor visitor) throws LogUnavailableException {
    entryFaults.clear();
    MerkleLog tree = new MerkleLog();
    TileBuilder recomputed = new TileBuilder(new Comparison());
    for (long n = 0; tree.size() < tiles.size(); n++) {
      List<byte[]> bundle;
      try {
        bundle = tiles.entries(n);
      } catch (MalformedLogException e) {
        entryFaults.add(fault(tree.size(), e));
        return;
      }
      for (byte[] entry : bundle) {
        visitor.entry(tree.size(), entry);
        recomputed.append(entry, tree.append(entry));
      }
    }
    recomputed.finish();
  }

  @Override
  public Optional<byte[]> entry(long seq) throws MalformedLogException, LogUnavailableException {
    return seq < 0 || seq >= tiles.size()
        ? Optional.empty()
        : Optional.of(tiles.entries(seq / Tile.WIDTH).get((int) (seq % Tile.WIDTH)));
  }

  /** From the tiles, which {@link #forEachEntry} compares with the entries. */
  @Override
  public Digest hash(int level, long n) throws LogUnavailableException {
    return tiles.hash(level, n);
  }

  @Override
  public List<LogFault> faults() throws LogUnavailableException {
    List<LogFault> faults = new ArrayList<>(formFaults);
    try {
      WitnessPolicy policy = readPolicy();
      Header known = header;
      if (known != null && policy.logs().stream().noneMatch(log -> log.key().equals(known.key()))) {
        throw new MalformedLogException(POLICY + " must list the log's key, " + known.key());
      }
    } catch (MalformedLogException e) {
      faults.add(fault(-1, e));
    }
    for (String file : files("")) {
      if (!isOwn(file) && !beside.test(file)) {
        faults.add(new LogFault(
            LogFault.Kind.EXPORT, -1, "export must hold no other file: " + printable(file)));
      }
    }
    faults.addAll(entryFaults);
    return List.copyOf(faults);
  }

  @Override
  public void close() {}

  private WitnessPolicy readPolicy() throws MalformedLogException, LogUnavailableException {
    String text = LogDirectory.readText(directory, POLICY, MAX_TEXT_BYTES);
    WitnessPolicy policy = WitnessPolicy.parse(text);
    if (!policy.encode().equals(text)) {
      throw new MalformedLogException(POLICY + " must be as an export writes it, without comments");
    }
    return policy;
  }

  private boolean isOwn(String file) {
    if (file.startsWith("tile/")) {
      try {
        return Tile.parse(file).isOfTree(tiles.size());
      } catch (MalformedLogException e) {
        return false;
      }
    }
    return file.equals(HEADER)
        || file.equals(CHECKPOINT)
        || file.equals(POLICY)
        || isNote(COSIGNED, file)
        || isNote(WITNESSED, file);
  }

  private static boolean isNote(String part, String file) {
    if (!file.startsWith(part + "/")) {
      return false;
    }
    String name = file.substring(part.length() + 1);
    return FileNames.encode(FileNames.decode(name)).equals(name);
  }

  /** All that is no directory below a part of the export, by path from the export. */
  private List<String> files(String part) throws LogUnavailableException {
    Path root = directory.resolve(part);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(root)) {
      return paths
          .filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> directory.relativize(path).toString().replace('\\', '/'))
          .sorted()
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new LogUnavailableException("export must be readable: " + directory, e);
    }
  }

  private static LogFault fault(long index, MalformedLogException e) {
    return new LogFault(LogFault.Kind.EXPORT, index, String.valueOf(e.getMessage()));
  }

  private static String printable(String text) {
    return new String(text.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)
        .replaceAll("[^ -~]", "?");
  }

  /** Compares what the entries give with what the files hold. */
  private final class Comparison implements TileBuilder.Sink {

    @Override
    public void tile(Tile tile, byte[] hashes) throws LogUnavailableException {
      long first = (tile.n() * Tile.WIDTH) << (8 * tile.level());
      try {
        if (!Arrays.equals(tiles.hashes(tile), hashes)) {
          entryFaults.add(new LogFault(
              LogFault.Kind.TILE, first, tile.path() + " must hold the hashes of its entries"));
        }
      } catch (MalformedLogException e) {
        entryFaults.add(new LogFault(LogFault.Kind.TILE, first, String.valueOf(e.getMessage())));
      }
    }

    @Override
    public void bundle(Tile tile, byte[] entries) {}
  }
}
