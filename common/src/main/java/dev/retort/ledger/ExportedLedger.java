package dev.retort.ledger;

import dev.retort.label.LabelBlock;
import dev.retort.label.LabelBlockCodec;
import dev.retort.label.MalformedLabelBlockException;
import dev.retort.tlog.ExportedLog;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogSource;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** An exported log with the released answers beside it: {@code answers.csv} gives their shapes, {@code answers/} the values. */
final class ExportedLedger implements LedgerSource {

  static final String INDEX = "answers.csv";
  static final String ANSWERS = "answers";
  static final String COLUMNS = "charge,first_sample,count,classes";

  private static final String NUMBER = "(0|[1-9][0-9]{0,17})";
  private static final Pattern ROW =
      Pattern.compile(NUMBER + "," + NUMBER + "," + NUMBER + "," + NUMBER);

  private final Path directory;
  private final ExportedLog log;
  private final SortedMap<Long, Shape> shapes = new TreeMap<>();
  private final List<LogFault> indexFaults = new ArrayList<>();
  private final boolean hasAnswers;

  /** A row of the index. */
  record Shape(long firstSample, long count, long classes) {

    String row(long charge) {
      return charge + "," + firstSample + "," + count + "," + classes + "\n";
    }
  }

  private ExportedLedger(Path directory) throws LogUnavailableException {
    this.directory = directory;
    this.hasAnswers = Files.exists(directory.resolve(INDEX), LinkOption.NOFOLLOW_LINKS);
    if (hasAnswers) {
      readIndex();
    }
    this.log =
        ExportedLog.open(directory, file -> isAnswers(file) || ExportedEvidence.isEvidence(file));
  }

  static ExportedLedger open(Path directory) throws LogUnavailableException {
    return new ExportedLedger(directory);
  }

  @Override
  public LogSource log() {
    return log;
  }

  @Override
  public boolean hasAnswers() {
    return hasAnswers;
  }

  @Override
  public void forEachAnswer(AnswerVisitor visitor) throws LogUnavailableException {
    for (var each : shapes.entrySet()) {
      visitor.answer(each.getKey(), block(each.getKey(), each.getValue()));
    }
  }

  @Override
  public KeptEvidence evidence() {
    return new ExportedEvidence(directory);
  }

  @Override
  public List<LogFault> faults() throws LogUnavailableException {
    List<LogFault> faults = new ArrayList<>(log.faults());
    faults.addAll(indexFaults);
    if (log.kind().isPresent() && log.kind().get() != ExportedLog.Kind.NODE) {
      faults.add(
          new LogFault(LogFault.Kind.EXPORT, -1, "export.json must have the kind of a node"));
    }
    return faults;
  }

  @Override
  public void close() {
    log.close();
  }

  private @Nullable LabelBlock block(long charge, Shape shape) throws LogUnavailableException {
    Path file = directory.resolve(ANSWERS).resolve(Long.toString(charge));
    try {
      // A block's size is known before it is read: nobody makes an auditor read more.
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          || shape.count() > Integer.MAX_VALUE
          || shape.classes() > Integer.MAX_VALUE
          || Files.size(file)
              != Integer.BYTES * Math.multiplyExact(shape.count(), shape.classes())) {
        return null;
      }
      return LabelBlockCodec.decode(
          shape.firstSample(),
          (int) shape.count(),
          (int) shape.classes(),
          Files.readAllBytes(file));
    } catch (MalformedLabelBlockException | ArithmeticException e) {
      return null;
    } catch (IOException e) {
      throw new LogUnavailableException("answer must be readable: " + file, e);
    }
  }

  private void readIndex() throws LogUnavailableException {
    String text = "";
    try {
      text = !Files.isRegularFile(directory.resolve(INDEX), LinkOption.NOFOLLOW_LINKS)
          ? ""
          : Files.readString(directory.resolve(INDEX), StandardCharsets.US_ASCII);
    } catch (CharacterCodingException refused) {
      // Not ASCII, so no row of numbers: refused below.
    } catch (IOException e) {
      throw new LogUnavailableException("answers.csv must be readable: " + directory, e);
    }
    try {
      readRows(text);
    } catch (MalformedLogException e) {
      indexFaults.add(
          new LogFault(LogFault.Kind.EXPORT, -1, INDEX + ": " + String.valueOf(e.getMessage())));
    }
  }

  private void readRows(String text) throws MalformedLogException {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(COLUMNS) || !lines[lines.length - 1].isEmpty() || lines.length < 2) {
      throw new MalformedLogException("first line must be " + COLUMNS + ", the last one end too");
    }
    long previous = -1;
    for (int line = 1; line < lines.length - 1; line++) {
      Matcher row = ROW.matcher(lines[line]);
      if (!row.matches() || Long.parseLong(row.group(1)) <= previous) {
        throw new MalformedLogException(
            "line " + (line + 1) + " must be four numbers, charges ascending");
      }
      previous = Long.parseLong(row.group(1));
      shapes.put(
          previous,
          new Shape(
              Long.parseLong(row.group(2)),
              Long.parseLong(row.group(3)),
              Long.parseLong(row.group(4))));
    }
  }

  private boolean isAnswers(String file) {
    if (file.equals(INDEX)) {
      return true;
    }
    String name = file.startsWith(ANSWERS + "/") ? file.substring(ANSWERS.length() + 1) : "";
    return name.matches(NUMBER) && shapes.containsKey(Long.parseLong(name));
  }
}
