package dev.retort.node.release;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retort.ledger.LedgerEntry;
import dev.retort.ledger.LedgerEntry.Release;
import dev.retort.ledger.LedgerReader;
import dev.retort.ledger.LedgerRecord;
import dev.retort.ledger.Party;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.merkle.Digest;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import dev.retort.privacy.PrivacyUnit;
import dev.retort.privacy.Zcdp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is granted, refused and written down for one data set is the same for every other. */
class PublicDecisionsTest {

  private static final Party SOUTH = new Party("south", Digest.of(new byte[] {3}));

  /** What a coordinator asks: which of the two, from which sample, how many. */
  private record Ask(boolean south, int first, int count) {}

  @Property(tries = 25)
  void release_anyTwoDataSets_areDecidedAlike(
      @ForAll @Size(min = 1, max = 12) List<@IntRange(min = 0, max = 59) Integer> asks,
      @ForAll long oneDataSet,
      @ForAll long anotherDataSet)
      throws Exception {
    List<Ask> requests = asks.stream()
        .map(code -> new Ask(code % 2 == 1, code % 5, 1 + code / 5))
        .toList();
    assertThat(decisions(requests, oneDataSet)).isEqualTo(decisions(requests, anotherDataSet));
  }

  /** Every outcome without its values, then every ledger entry without its digests of answers. */
  private static List<Object> decisions(List<Ask> asks, long dataSet) throws Exception {
    Path directory = Files.createTempDirectory("decisions");
    List<Object> seen = new ArrayList<>();
    try {
      Path file = directory.resolve("ledger.db");
      try (PrivacyLedger ledger = UnsafeTestLedgers.open(file)) {
        ReleaseFixture.openPolicy(ledger, new ApproxDp(1, 1e-6));
        ledger.protectAlso("lung-ct", new PrivacyUnit("household", 2), new ApproxDp(2, 1e-6));
        ledger.setQuotas("lung-ct", Map.of("south", new Zcdp(15_000_000_000L)));
        LabelRelease door = ReleaseFixture.door(ledger);
        SplittableRandom records = new SplittableRandom(dataSet);
        for (Ask ask : asks) {
          Party party = ask.south() ? SOUTH : ReleaseFixture.NORTH;
          ReleaseOutcome outcome = door.release(
              ReleaseFixture.request(party, ask.first(), ask.count()),
              () -> anyVotes(records, ask.count()));
          seen.add(
              outcome instanceof Released released
                  ? List.of(
                      released.chargeSeq(),
                      released.replayed(),
                      released.block().count())
                  : outcome);
        }
      }
      for (LedgerRecord entry : LedgerReader.entries(file)) {
        LedgerEntry said = entry.entry();
        seen.add(
            said instanceof Release release
                ? List.of(release.charge(), release.noiseCommitment())
                : said);
      }
    } finally {
      deleteAll(directory);
    }
    return seen;
  }

  /** Each teacher votes for any class, as the records have it. */
  private static int[] anyVotes(SplittableRandom records, int count) {
    int[] votes = new int[3 * count];
    for (int row = 0; row < count; row++) {
      for (int teacher = 0; teacher < ReleaseFixture.TEACHERS; teacher++) {
        votes[3 * row + records.nextInt(3)]++;
      }
    }
    return votes;
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }
}
