package dev.retort.journal;

import dev.retort.merkle.Digest;
import dev.retort.tlog.Names;

/** What one line of the journal says. Every value is public or a digest; a kind that gains a field gets a new type tag. */
public sealed interface JournalEntry {

  /** The tag that names this kind in canonical JSON. */
  String type();

  /** The study it belongs to. */
  String study();

  /**
   * A study begins.
   *
   * @param plan SHA-256 of the plan's canonical JSON, which sites approve and their ledgers call the campaign
   */
  record StudyOpen(String study, Digest plan) implements JournalEntry {
    public StudyOpen {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "study-open";
    }
  }

  /** A node is asked to label a range of samples. Asked again after a lost connection, it is not written again. */
  record Ask(String study, Place place) implements JournalEntry {
    public Ask {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "ask";
    }
  }

  /**
   * A node's labels were received, with proof that its ledger holds their charge and release.
   *
   * @param answer {@link dev.retort.label.LabelBlock#digest} of the labels
   * @param release where the node's ledger holds their release
   */
  record Receive(String study, Place place, Digest answer, ProvenRelease release)
      implements JournalEntry {
    public Receive {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "receive";
    }
  }

  /**
   * A node's labels were refused; nothing of them was kept or counted.
   *
   * @param reason which rule they broke, in lower case with hyphens
   */
  record Reject(String study, Place place, Digest answer, String reason) implements JournalEntry {
    public Reject {
      Names.require("study", study);
      Names.require("reason", reason);
    }

    @Override
    public String type() {
      return "reject";
    }
  }

  /** Labels that were received are not counted: they came too late, or a crash lost them before they were stored. */
  record Drop(String study, Place place) implements JournalEntry {
    public Drop {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "drop";
    }
  }

  /**
   * All labels that were received and not dropped were added up.
   *
   * @param blocks how many
   * @param sums SHA-256 of the sums, as {@link SumsDigest} takes it
   */
  record Aggregate(String study, int blocks, Digest sums) implements JournalEntry {
    public Aggregate {
      Names.require("study", study);
      requireNotNegative("blocks", blocks);
    }

    @Override
    public String type() {
      return "aggregate";
    }
  }

  /**
   * A student was distilled from the sums.
   *
   * @param model SHA-256 of the student's file
   */
  record Student(String study, Digest model) implements JournalEntry {
    public Student {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "student";
    }
  }

  /** A study ended without a student. */
  record StudyFail(String study) implements JournalEntry {
    public StudyFail {
      Names.require("study", study);
    }

    @Override
    public String type() {
      return "study-fail";
    }
  }

  /**
   * Whose answer, and to what.
   *
   * @param node the node's name in the federation
   * @param round from 0
   * @param firstSample the first sample's index in the transfer set, at least 0
   * @param count how many samples, at least 1
   */
  record Place(String node, int round, long firstSample, int count) {
    public Place {
      Names.require("node", node);
      requireNotNegative("round", round);
      requireNotNegative("firstSample", firstSample);
      if (count < 1) {
        throw new IllegalArgumentException("count must be >= 1: " + count);
      }
    }
  }

  /**
   * Where a node's ledger holds a release.
   *
   * @param origin the ledger's name
   * @param charge the index of the charge
   * @param release the index of the release, above that of the charge
   * @param size how many entries the tree had in which both were proven to be, above both
   * @param root that tree's root
   */
  record ProvenRelease(String origin, long charge, long release, long size, Digest root) {
    public ProvenRelease {
      Names.require("origin", origin);
      requireNotNegative("charge", charge);
      if (release <= charge || size <= release) {
        throw new IllegalArgumentException(
            "charge, release and size must ascend: " + charge + ", " + release + ", " + size);
      }
    }
  }

  private static void requireNotNegative(String name, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be >= 0: " + value);
    }
  }
}
