package dev.retort.auditor;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.KeptEvidence;
import dev.retort.merkle.Digest;
import dev.retort.tlog.LogFault;
import dev.retort.tlog.LogUnavailableException;
import dev.retort.tlog.MalformedLogException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One log as an auditor was given it. Nothing it returns is believed. */
public interface AuditedLog extends AutoCloseable {

  /** Whose log it is. */
  enum Kind {
    /** A node's privacy ledger. */
    NODE,
    /** A coordinator's journal. */
    COORDINATOR
  }

  /** What to call it where its own name is not known yet. */
  String source();

  /** Whose log it says it is. */
  Kind kind();

  /** The key of its first entry, in C2SP form, as it says. */
  String key() throws MalformedLogException, LogUnavailableException;

  /** Its newest checkpoint, a signed note. */
  String checkpoint() throws MalformedLogException, LogUnavailableException;

  /** Checkpoints that witnesses cosigned, signed notes. */
  List<String> cosigned() throws MalformedLogException, LogUnavailableException;

  /** The newest checkpoints of other logs that its owner accepted as a witness, signed notes. */
  List<String> witnessed() throws LogUnavailableException;

  /** Shows every envelope in order. */
  void forEachEntry(EntryVisitor visitor) throws MalformedLogException, LogUnavailableException;

  /** What is wrong with the files themselves; complete once all entries were shown. */
  List<LogFault> faults() throws LogUnavailableException;

  /** Receives an entry. */
  interface EntryVisitor {
    void entry(long index, byte[] envelope);
  }

  /** Whether it comes with the answers that were released. */
  boolean hasAnswers();

  /** Shows every answer that is there. */
  void forEachAnswer(AnswerVisitor visitor) throws MalformedLogException, LogUnavailableException;

  /** Receives an answer; the block is null where it is malformed. */
  interface AnswerVisitor {
    void answer(long charge, @Nullable LabelBlock block);
  }

  /** The messages that show that refusals in secure sums were right. */
  KeptEvidence evidence();

  /** The canonical JSON of a study's plan, if it is there. */
  Optional<byte[]> plan(Digest digest) throws MalformedLogException, LogUnavailableException;

  @Override
  void close() throws LogUnavailableException;
}
