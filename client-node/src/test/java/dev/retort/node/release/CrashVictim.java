package dev.retort.node.release;

import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.UnsafeTestLedgers;
import dev.retort.node.release.ReleaseOutcome.Released;
import dev.retort.privacy.ApproxDp;
import java.nio.file.Path;

/**
 * A node process to be killed: releases sample after sample, and prints each answer's digest once it could be sent.
 * Arguments: the ledger file, and the first sample not printed so far.
 */
final class CrashVictim {

  private CrashVictim() {}

  public static void main(String[] arguments) throws Exception {
    PrivacyLedger ledger = UnsafeTestLedgers.open(Path.of(arguments[0]));
    ReleaseFixture.openPolicy(ledger, new ApproxDp(1000, 1e-6));
    LabelRelease door = ReleaseFixture.door(ledger);
    System.out.println("ready");
    // The last few are asked for again: answered ones must be replayed, a pending one completed.
    for (long sample = Math.max(0, Long.parseLong(arguments[1]) - 3); ; sample++) {
      Released released =
          (Released) door.release(ReleaseFixture.request(sample, 1), () -> ReleaseFixture.votes(1));
      System.out.println(sample + " " + released.block().digest());
    }
  }
}
