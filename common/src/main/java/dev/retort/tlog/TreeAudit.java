package dev.retort.tlog;

import dev.retort.merkle.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an audit checks of any log, whatever its entries say: the checkpoint over all of them, and that every cosigned note
 * is of a tree that this log has grown through. Not thread-safe.
 */
public final class TreeAudit {

  private static final String NOTE = "checkpoint";

  private final String checkpoint;
  private final SortedMap<String, String> cosigned;
  private final List<LogFault> faults = new ArrayList<>();
  private final Map<Long, Digest> rootBySize = new HashMap<>();
  private final Set<Long> wantedSizes = new HashSet<>();
  private final SortedMap<String, Long> witnessed = new TreeMap<>();
  private final List<VerifierKey> signedAlso = new ArrayList<>();

  private TreeAudit(String checkpoint, SortedMap<String, String> cosigned) {
    this.checkpoint = checkpoint;
    this.cosigned = cosigned;
  }

  /** Begins with a log's notes, before its entries are read. */
  public static TreeAudit of(LogSource log) throws MalformedLogException, LogUnavailableException {
    TreeAudit audit = new TreeAudit(log.checkpoint().orElse(""), log.cosignedByWitness());
    for (String note : audit.cosigned.values()) {
      try {
        audit.wantedSizes.add(Checkpoint.parse(SignedNote.parse(note).text()).size());
      } catch (MalformedLogException named) {
        // When the notes are checked.
      }
    }
    audit.grew(new MerkleLog());
    return audit;
  }

  /** Takes note of the tree, after each entry. */
  public void grew(MerkleLog tree) {
    if (wantedSizes.contains(tree.size())) {
      rootBySize.put(tree.size(), tree.root());
    }
  }

  /**
   * Checks the notes against the tree over all entries.
   *
   * @param keys the log's, or null if they are not known
   * @param policy whose keys must have signed every line of every note, or null to look at the log's signatures alone. Of
   *     a log that changed its key, it need list no more than one: the log's rotations name the others
   * @return what is wrong
   */
  public List<LogFault> finish(
      @Nullable KeyHistory keys, @Nullable WitnessPolicy policy, MerkleLog tree) {
    checkCheckpoint(keys, policy, tree);
    cosigned.forEach((witness, text) -> {
      try {
        checkCosigned(witness, SignedNote.parse(text), keys, policy, tree.size());
      } catch (MalformedLogException e) {
        add(LogFault.Kind.COSIGNATURE, "note cosigned by " + witness + ": " + e.getMessage());
      }
    });
    if (policy != null && tree.size() > 0 && quorumSize(policy) < 0) {
      add(
          LogFault.Kind.WITNESS,
          "a quorum of witnesses, " + policy.quorum() + ", must have cosigned a checkpoint");
    }
    return List.copyOf(faults);
  }

  /** The ML-DSA-65 keys of the policy that signed the newest checkpoint beside the log's key; complete after {@link #finish}. */
  public List<VerifierKey> signedAlso() {
    return List.copyOf(signedAlso);
  }

  /** The size of the largest tree of this log that each witness cosigned; complete after {@link #finish}. */
  public SortedMap<String, Long> witnessed() {
    return witnessed;
  }

  /**
   * How many entries a quorum of witnesses has seen: whoever cosigned a larger tree of this log cosigned the smaller one.
   *
   * @return -1 if there is no quorum of any size
   */
  public long quorumSize(WitnessPolicy policy) {
    if (policy.isQuorum(Set.of())) {
      return 0;
    }
    return witnessed.values().stream()
        .filter(size -> policy.isQuorum(cosignersOf(size)))
        .mapToLong(Long::longValue)
        .max()
        .orElse(-1);
  }

  private Set<String> cosignersOf(long size) {
    Set<String> names = new HashSet<>();
    witnessed.forEach((name, reached) -> {
      if (reached >= size) {
        names.add(name);
      }
    });
    return names;
  }

  private void checkCheckpoint(
      @Nullable KeyHistory keys, @Nullable WitnessPolicy policy, MerkleLog tree) {
    if (checkpoint.isEmpty()) {
      add(LogFault.Kind.CHECKPOINT, "checkpoint must be stored");
      return;
    }
    try {
      SignedNote note = SignedNote.parse(checkpoint);
      Checkpoint found = Checkpoint.parse(note.text());
      if (keys != null) {
        requireSigned(NOTE, note, keys, found.size(), LogFault.Kind.SIGNATURE);
      }
      String origin = keys == null ? found.origin() : keys.first().name();
      Checkpoint expected = new Checkpoint(origin, tree.size(), tree.root());
      if (!found.equals(expected)) {
        add(LogFault.Kind.CHECKPOINT, "checkpoint must be " + expected + ": " + found);
      } else if (policy != null) {
        for (String witness : policy.cosigners(note)) {
          if (!cosigned.containsKey(witness)) {
            add(
                LogFault.Kind.COSIGNATURE,
                "note cosigned by " + witness
                    + " must be kept, as its line under the checkpoint is");
          }
          reached(witness, tree.size());
        }
      }
      checkLines(NOTE, note, found.size(), keys, policy);
      if (policy != null) {
        policy.logs().stream()
            .map(WitnessPolicy.Log::key)
            .filter(key -> key.type() == VerifierKey.Type.ML_DSA_65 && note.isSignedBy(key))
            .forEach(signedAlso::add);
      }
    } catch (MalformedLogException e) {
      add(LogFault.Kind.CHECKPOINT, String.valueOf(e.getMessage()));
    }
  }

  private void checkCosigned(
      String witness,
      SignedNote note,
      @Nullable KeyHistory keys,
      @Nullable WitnessPolicy policy,
      long size)
      throws MalformedLogException {
    String name = "note cosigned by " + witness;
    Checkpoint found = Checkpoint.parse(note.text());
    int before = faults.size();
    if (keys != null) {
      requireSigned(name, note, keys, found.size(), LogFault.Kind.COSIGNATURE);
      if (!found.origin().equals(keys.first().name())) {
        add(
            LogFault.Kind.COSIGNATURE,
            name + " must be of this log, " + keys.first().name() + ": " + found.origin());
      }
    }
    if (policy != null && !policy.cosigners(note).contains(witness)) {
      add(LogFault.Kind.COSIGNATURE, name + " must be cosigned by it with the policy's key");
    }
    checkLines(name, note, found.size(), keys, policy);
    if (found.size() > size) {
      add(
          LogFault.Kind.COSIGNATURE,
          name + " must be of at most the log's " + size + " entries: " + found.size()
              + "; entries were cut off");
    } else if (!found.root().equals(rootBySize.get(found.size()))) {
      add(
          LogFault.Kind.COSIGNATURE,
          name + " must have the log's root at " + found.size() + " entries, "
              + rootBySize.get(found.size()) + ": " + found.root() + "; the log was forked");
    }
    if (faults.size() == before) {
      reached(witness, found.size());
    }
  }

  private void requireSigned(
      String name, SignedNote note, KeyHistory keys, long size, LogFault.Kind unsigned) {
    VerifierKey key = keys.at(size);
    if (note.isSignedBy(key)) {
      return;
    }
    Optional<VerifierKey> other = keys.signer(note);
    if (other.isPresent()) {
      add(
          LogFault.Kind.RETIRED_KEY,
          name + " of " + size + " entries must be signed by " + key
              + ", and not by another key of the log: " + other.get());
    } else {
      add(unsigned, name + " must be signed by " + key);
    }
  }

  // Unknown lines protect nothing, and a line whose key id was altered would pass for one.
  private void checkLines(
      String name,
      SignedNote note,
      long size,
      @Nullable KeyHistory keys,
      @Nullable WitnessPolicy policy) {
    if (policy == null) {
      return;
    }
    // The policy lists one of the log's keys; at this size it may be another one's turn.
    List<VerifierKey> known = Stream.of(
            policy.logs().stream()
                .map(WitnessPolicy.Log::key)
                .filter(key -> keys == null || !keys.includes(key)),
            policy.witnesses().stream().map(WitnessPolicy.Witness::key),
            Stream.ofNullable(keys).map(all -> all.at(size)))
        .flatMap(Function.identity())
        .toList();
    for (SignedNote.SignatureLine line : note.signatures()) {
      if (known.stream().noneMatch(key -> line.claimsToBeOf(key) && note.isSignedBy(key))) {
        add(
            LogFault.Kind.COSIGNATURE,
            name + " must have only lines that verify by the policy's keys: " + line.name());
      }
    }
  }

  private void reached(String witness, long size) {
    witnessed.merge(witness, size, Math::max);
  }

  private void add(LogFault.Kind kind, String message) {
    faults.add(new LogFault(kind, -1, message));
  }
}
