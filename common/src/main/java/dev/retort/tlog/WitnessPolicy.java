package dev.retort.tlog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose signatures make a checkpoint good (C2SP tlog-policy): one of the listed logs, and a quorum of witnesses, which
 * groups with thresholds may compose. Immutable and safe for use by several threads.
 */
public final class WitnessPolicy {

  /** The quorum that asks for no witness. */
  public static final String NONE = "none";

  private static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_LINES = 1024;

  private final List<Log> logs;
  private final List<Witness> witnesses;
  private final List<Group> groups;
  private final String quorum;

  private WitnessPolicy(Builder builder, String quorum) {
    this.logs = List.copyOf(builder.logs);
    this.witnesses = List.copyOf(builder.witnesses);
    this.groups = List.copyOf(builder.groups);
    this.quorum = quorum;
  }

  /**
   * A log that the policy accepts.
   *
   * @param key its name is the log's origin
   * @param url where it is, or null
   */
  public record Log(VerifierKey key, @Nullable String url) {}

  /**
   * A witness.
   *
   * @param name what groups and quorum call it
   * @param url where it is, or null
   */
  public record Witness(
      String name, VerifierKey key, @Nullable String url) {}

  /**
   * A group, which has witnessed what {@code threshold} of its members have.
   *
   * @param members names of witnesses and groups
   */
  public record Group(String name, int threshold, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /** Accepts one log's checkpoints without any witness. */
  public static WitnessPolicy ofLog(VerifierKey log) {
    return of(List.of(log), List.of(), 0);
  }

  /**
   * Accepts some logs' checkpoints that {@code threshold} of the witnesses cosigned.
   *
   * @param logs keys of logs
   * @param witnesses keys of witnesses; each goes by its key's name
   * @param threshold at most as many as there are witnesses; 0 asks for none
   */
  public static WitnessPolicy of(
      List<VerifierKey> logs, List<VerifierKey> witnesses, int threshold) {
    if (threshold < 0 || threshold > witnesses.size()) {
      throw new IllegalArgumentException(
          "threshold must be in [0, " + witnesses.size() + "]: " + threshold);
    }
    Builder builder = new Builder();
    try {
      for (VerifierKey log : logs) {
        builder.log(log, null);
      }
      for (VerifierKey witness : witnesses) {
        builder.witness(witness.name(), witness, null);
      }
      if (threshold == 0) {
        return new WitnessPolicy(builder, NONE);
      }
      builder.group(
          "quorum", threshold, witnesses.stream().map(VerifierKey::name).toList());
      return new WitnessPolicy(builder, "quorum");
    } catch (MalformedLogException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Reads a policy.
   *
   * @throws MalformedLogException if a line is none of a policy's, names something that no earlier line defines, or repeats
   *     a key or name, or if there is not exactly one quorum
   */
  public static WitnessPolicy parse(String text) throws MalformedLogException {
    if (text.length() > MAX_CHARACTERS) {
      throw new MalformedLogException(
          "policy must have at most " + MAX_CHARACTERS + " characters: " + text.length());
    }
    if (text.chars().anyMatch(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)) {
      throw new MalformedLogException("policy must have no control characters");
    }
    if (!text.endsWith("\n")) {
      throw new MalformedLogException("policy must end in a newline");
    }
    String[] lines = text.split("\n", -1);
    if (lines.length > MAX_LINES) {
      throw new MalformedLogException(
          "policy must have at most " + MAX_LINES + " lines: " + lines.length);
    }
    Builder builder = new Builder();
    String quorum = null;
    for (String line : lines) {
      List<String> words =
          Arrays.stream(line.split("[ \t]+")).filter(word -> !word.isEmpty()).toList();
      if (words.isEmpty() || words.get(0).startsWith("#")) {
        continue;
      }
      if (words.get(0).equals("quorum") && words.size() == 2 && quorum == null) {
        quorum = words.get(1);
        if (!quorum.equals(NONE) && !builder.isDefined(quorum)) {
          throw new MalformedLogException(
              "quorum must name a witness or group of an earlier line: " + quorum);
        }
      } else {
        builder.line(words);
      }
    }
    if (quorum == null) {
      throw new MalformedLogException("policy must have a quorum line");
    }
    return new WitnessPolicy(builder, quorum);
  }

  /** The policy as {@link #parse} reads it, without comments. */
  public String encode() {
    StringBuilder text = new StringBuilder();
    for (Log log : logs) {
      line(text, "log", log.key().toString(), log.url());
    }
    for (Witness witness : witnesses) {
      line(text, "witness", witness.name() + " " + witness.key(), witness.url());
    }
    for (Group group : groups) {
      line(
          text,
          "group",
          group.name() + " " + threshold(group) + " " + String.join(" ", group.members()),
          null);
    }
    line(text, "quorum", quorum, null);
    return text.toString();
  }

  /** The logs, in the order written. */
  public List<Log> logs() {
    return logs;
  }

  /** The witnesses, in the order written. */
  public List<Witness> witnesses() {
    return witnesses;
  }

  /** The groups, each after those that it names. */
  public List<Group> groups() {
    return groups;
  }

  /** The name of the witness or group that must have cosigned, or {@link #NONE}. */
  public String quorum() {
    return quorum;
  }

  /** Whether a listed log signed this checkpoint of its own, and the quorum cosigned it. */
  public boolean accepts(SignedNote note) {
    return isSignedByLog(note) && quorumCosigned(note);
  }

  /** Whether one of the listed logs signed this checkpoint, and it is that log's. */
  public boolean isSignedByLog(SignedNote note) {
    return logs.stream()
        .map(Log::key)
        .anyMatch(key -> note.text().startsWith(key.name() + "\n") && note.isSignedBy(key));
  }

  /** Whether the witnesses that cosigned this checkpoint are a quorum. */
  public boolean quorumCosigned(SignedNote note) {
    return isQuorum(Set.copyOf(cosigners(note)));
  }

  /** Whether the witnesses of these names are a quorum. */
  public boolean isQuorum(Set<String> cosigners) {
    Map<String, Boolean> witnessed = new HashMap<>();
    for (Witness witness : witnesses) {
      witnessed.put(witness.name(), cosigners.contains(witness.name()));
    }
    // A group names only what stands before it.
    for (Group group : groups) {
      long count = group.members().stream()
          .filter(member -> witnessed.getOrDefault(member, false))
          .count();
      witnessed.put(group.name(), count >= group.threshold());
    }
    return quorum.equals(NONE) || witnessed.getOrDefault(quorum, false);
  }

  /** The names of the witnesses that cosigned this checkpoint. */
  public List<String> cosigners(SignedNote note) {
    return witnesses.stream()
        .filter(witness -> note.isSignedBy(witness.key()))
        .map(Witness::name)
        .toList();
  }

  private static String threshold(Group group) {
    if (group.threshold() == group.members().size()) {
      return "all";
    }
    return group.threshold() == 1 ? "any" : Integer.toString(group.threshold());
  }

  private static void line(StringBuilder text, String word, String rest, @Nullable String url) {
    text.append(word).append(' ').append(rest);
    if (url != null) {
      text.append(' ').append(url);
    }
    text.append('\n');
  }

  /** Takes definitions in order. */
  private static final class Builder {

    private final List<Log> logs = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> members = new HashSet<>();

    boolean isDefined(String name) {
      return names.contains(name);
    }

    void line(List<String> words) throws MalformedLogException {
      String word = words.get(0);
      int count = words.size();
      if (word.equals("log") && (count == 2 || count == 3)) {
        log(VerifierKey.parse(words.get(1)), count == 3 ? words.get(2) : null);
      } else if (word.equals("witness") && (count == 3 || count == 4)) {
        witness(words.get(1), VerifierKey.parse(words.get(2)), count == 4 ? words.get(3) : null);
      } else if (word.equals("group") && count >= 4) {
        List<String> names = words.subList(3, count);
        group(words.get(1), threshold(words.get(2), names.size()), names);
      } else {
        throw new MalformedLogException(
            "policy line must be log VKEY, witness NAME VKEY, group NAME K NAMES or one quorum NAME: "
                + String.join(" ", words));
      }
    }

    void log(VerifierKey key, @Nullable String url) throws MalformedLogException {
      if (key.type() == VerifierKey.Type.COSIGNATURE) {
        throw new MalformedLogException("log key must be no witness's: " + key);
      }
      if (logs.stream().anyMatch(log -> log.key().hasKeyOf(key))) {
        throw new MalformedLogException("log must have a key of its own: " + key);
      }
      logs.add(new Log(key, url));
    }

    void witness(String name, VerifierKey key, @Nullable String url) throws MalformedLogException {
      if (key.type() != VerifierKey.Type.COSIGNATURE) {
        throw new MalformedLogException("witness key must be one that cosigns: " + key);
      }
      if (witnesses.stream().anyMatch(witness -> witness.key().hasKeyOf(key))) {
        throw new MalformedLogException("witness must have a key of its own: " + key);
      }
      define(name);
      witnesses.add(new Witness(name, key, url));
    }

    void group(String name, int threshold, List<String> of) throws MalformedLogException {
      for (String member : of) {
        if (!names.contains(member) || !members.add(member)) {
          throw new MalformedLogException(
              "group member must be of an earlier line and in one group only: " + member);
        }
      }
      define(name);
      groups.add(new Group(name, threshold, of));
    }

    private static int threshold(String text, int members) throws MalformedLogException {
      if (text.equals("all")) {
        return members;
      }
      int threshold =
          text.equals("any") ? 1 : text.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(text) : 0;
      if (threshold < 1 || threshold > members) {
        throw new MalformedLogException(
            "group threshold must be all, any or in [1, " + members + "]: " + text);
      }
      return threshold;
    }

    private void define(String name) throws MalformedLogException {
      if (name.equals(NONE) || !names.add(name)) {
        throw new MalformedLogException("name must be defined once, and not be none: " + name);
      }
    }
  }
}
