package dev.retort.witness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.merkle.Digest;
import dev.retort.tlog.MerkleProofs;
import dev.retort.tlog.SignedNote;
import dev.retort.witness.WitnessOutcome.Conflict;
import dev.retort.witness.WitnessOutcome.Cosigned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random histories: an honest owner who comes at any old size, and owners who copy, go back and lie. */
class WitnessProperties {

  private static final String ORIGIN = "retort/north/site-a";

  private interface History {
    void run(WitnessStore store, Witness witness, SplittableRandom random) throws Exception;
  }

  private static void with(long seed, History history) throws Exception {
    Path directory = Files.createTempDirectory("witness");
    try (WitnessStore store = WitnessStore.open(directory.resolve("witness.db"))) {
      history.run(
          store,
          new Witness(store, WitnessTest.COSIGNER, WitnessTest.CLOCK),
          new SplittableRandom(seed));
    } finally {
      delete(directory);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** An honest log is cosigned whenever it asks from what the witness knows, and is told what that is. */
  @Property(tries = 60)
  void honestLog_isAlwaysCosignedInTheEnd(@ForAll long seed) throws Exception {
    with(seed, (store, witness, random) -> {
      TestLog log = new TestLog(ORIGIN);
      long known = 0;
      for (int step = 0; step < 12; step++) {
        for (int i = random.nextInt(6); i > 0; i--) {
          log.append("entry " + log.size());
        }
        long asked = random.nextBoolean() ? known : random.nextLong(log.size() + 1);
        WitnessOutcome outcome = log.show(witness, asked);
        if (outcome instanceof Conflict conflict) {
          assertThat(conflict.size()).isEqualTo(known).isNotEqualTo(asked);
          outcome = log.show(witness, conflict.size());
        }
        assertThat(outcome).isInstanceOf(Cosigned.class);
        known = log.size();
      }
      assertThat(store.evidence()).isEmpty();
    });
  }

  /** Whatever is shown, each tree that was cosigned contains all that were cosigned before. */
  @Property(tries = 60)
  void liars_areNeverCosignedAlongTwoHistories(@ForAll long seed) throws Exception {
    with(seed, (store, witness, random) -> {
      List<TestLog> copies = new ArrayList<>(List.of(new TestLog(ORIGIN)));
      List<TestLog> cosigned = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        TestLog one = copies.get(random.nextInt(copies.size()));
        int act = random.nextInt(6);
        if (act == 0) {
          copies.add(one.copy(random.nextLong(one.size() + 1)));
        } else if (act < 3) {
          one.append("entry " + random.nextInt(3));
        } else {
          long known = store.newest(ORIGIN).map(log -> log.checkpoint().size()).orElse(0L);
          long old = random.nextInt(4) == 0 ? random.nextLong(8) : known;
          List<Digest> proof =
              new ArrayList<>(old <= one.size() ? one.proof(old, one.size()) : List.<Digest>of());
          if (!proof.isEmpty() && random.nextInt(4) == 0) {
            proof.set(random.nextInt(proof.size()), one.root(0));
          }
          String note = one.note();
          WitnessOutcome outcome = witness.add(one.key(), old, proof, note, List.of());
          if (outcome instanceof Cosigned yes) {
            assertThat(SignedNote.parse(note + yes.lines()).isSignedBy(witness.key()))
                .isTrue();
            cosigned.add(one.copy(one.size()));
          } else if (outcome instanceof Conflict conflict) {
            assertThat(conflict.size()).isEqualTo(known);
          }
        }
      }
      for (int i = 1; i < cosigned.size(); i++) {
        TestLog before = cosigned.get(i - 1);
        TestLog after = cosigned.get(i);
        assertThat(MerkleProofs.verifyConsistency(
                before.size(),
                before.root(before.size()),
                after.size(),
                after.root(after.size()),
                after.proof(before.size(), after.size())))
            .isTrue();
      }
    });
  }
}
