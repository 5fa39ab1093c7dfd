package dev.retort.cli.report;

import dev.retort.auditor.AuditedLog;
import dev.retort.label.LabelBlock;
import dev.retort.ledger.KeptEvidence;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogFile;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A log as an auditor gets it, read from the file that its owner wrote.
 *
 * @param withAnswers whether answers are handed over
 */
record TestLog(
    Kind kind,
    Path file,
    List<String> cosigned,
    boolean withAnswers,
    Map<Long, LabelBlock> answers,
    Map<Digest, byte[]> plans,
    List<byte[]> entries)
    implements AuditedLog {

  static TestLog read(
      Kind kind,
      Path file,
      List<String> cosigned,
      Map<Long, LabelBlock> answers,
      Map<Digest, byte[]> plans)
      throws Exception {
    List<byte[]> entries = new ArrayList<>();
    try (LogFile open = LogFile.openToRead(file)) {
      open.forEachEntry((index, envelope) -> entries.add(envelope));
    }
    return new TestLog(kind, file, cosigned, true, answers, plans, entries);
  }

  /** The same without some entry, as if somebody had cut it out. */
  TestLog without(int index) {
    List<byte[]> rest = new ArrayList<>(entries);
    rest.remove(index);
    return new TestLog(kind, file, cosigned, withAnswers, answers, plans, rest);
  }

  TestLog withoutAnswers() {
    return new TestLog(kind, file, cosigned, false, answers, plans, entries);
  }

  @Override
  public String source() {
    return file.getFileName().toString();
  }

  @Override
  public String key() {
    try (LogFile open = LogFile.openToRead(file)) {
      return open.logKey().orElseThrow();
    } catch (MalformedLogException | LogUnavailableException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String checkpoint() throws MalformedLogException, LogUnavailableException {
    try (LogFile open = LogFile.openToRead(file)) {
      return open.checkpoint().orElseThrow();
    }
  }

  @Override
  public List<String> witnessed() {
    return List.of();
  }

  @Override
  public void forEachEntry(EntryVisitor visitor) {
    for (int i = 0; i < entries.size(); i++) {
      visitor.entry(i, entries.get(i));
    }
  }

  @Override
  public boolean hasAnswers() {
    return withAnswers;
  }

  @Override
  public void forEachAnswer(AnswerVisitor visitor) {
    answers.forEach(visitor::answer);
  }

  @Override
  public List<LogFault> faults() {
    return List.of();
  }

  @Override
  public void close() {}

  @Override
  public KeptEvidence evidence() {
    return KeptEvidence.NONE;
  }

  @Override
  public Optional<byte[]> plan(Digest digest) {
    return Optional.ofNullable(plans.get(digest));
  }
}
