package dev.retort.tlog;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A log as an audit reads it: the file that it lives in, or an export. Each value is as found, however wrong. Not
 * thread-safe.
 */
public interface LogSource extends HashReader, AutoCloseable {

  /** The key of the log's first entry, in C2SP form. */
  Optional<String> logKey() throws MalformedLogException, LogUnavailableException;

  /** The newest checkpoint, as the log signed it. */
  Optional<String> checkpoint() throws MalformedLogException, LogUnavailableException;

  /** The newest checkpoint that each witness cosigned, by the witness's name. */
  SortedMap<String, String> cosignedByWitness()
      throws MalformedLogException, LogUnavailableException;

  /** Whose cosignatures the log counts on, if it says so. */
  Optional<WitnessPolicy> policy() throws MalformedLogException, LogUnavailableException;

  /** Shows every entry in order. */
  void forEachEntry(LogFile.EntryVisitor visitor)
      throws MalformedLogException, LogUnavailableException;

  /** One entry's envelope. */
  Optional<byte[]> entry(long seq) throws MalformedLogException, LogUnavailableException;

  /** What is wrong with the source's own form; complete once {@link #forEachEntry} has returned. */
  List<LogFault> faults() throws LogUnavailableException;

  @Override
  void close() throws LogUnavailableException;
}
