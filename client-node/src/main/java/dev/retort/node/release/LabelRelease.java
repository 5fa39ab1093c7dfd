package dev.retort.node.release;

import dev.retort.label.LabelBlock;
import dev.retort.ledger.ChargeOutcome;
import dev.retort.ledger.HiddenRelease;
import dev.retort.ledger.LedgerEntry.BurnReason;
import dev.retort.ledger.LedgerEntry.CampaignOpen;
import dev.retort.ledger.LedgerEntry.DatasetBind;
import dev.retort.ledger.PendingCharge;
import dev.retort.ledger.PrivacyLedger;
import dev.retort.ledger.ReleasedAnswer;
import dev.retort.merkle.Digest;
import dev.retort.noise.NoiseKey;
import dev.retort.noise.NoisePool;
import dev.retort.noise.ReleaseNoise;
import dev.retort.privacy.Mechanism;
import dev.retort.tlog.LogUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one door through which anything computed from private data leaves a node.
 *
 * <p>A release goes through six steps, in this order: check the request; replay a known answer, free of charge; make the
 * charge durable; compute the answer and add noise drawn from (noise key, charge); make the answer and its release durable
 * together; return it. A crash before the charge is durable changes nothing. A crash after it leaves a pending charge:
 * nothing has left the node, the same request draws the same noise again, and what was charged stays charged. So at most
 * one answer a charge can ever leave. Safe for use by several threads, which take turns.
 */
public final class LabelRelease {

  // The sampler exceeds 40 sigma with probability below 1e-340.
  private static final long NOISE_REACH_SIGMAS = 40;

  private final PrivacyLedger ledger;
  private final NoiseKey noiseKey;
  private final NoisePool noise;
  private volatile @Nullable String shut;

  /**
   * A door that charges {@code ledger}. One ledger must have one door, and one noise key for ever.
   *
   * @param noise draws the noise, ahead of time where it can; closed by whoever made it
   */
  public LabelRelease(PrivacyLedger ledger, NoisePool noise) {
    this.ledger = ledger;
    this.noiseKey = noise.key();
    this.noise = noise;
  }

  /**
   * Fixes the mechanism of a study before its first request; does nothing if that is done.
   *
   * @param campaign the digest of the approved study plan
   * @throws IllegalArgumentException if the campaign was opened with another mechanism
   */
  public void openCampaign(Digest campaign, Mechanism mechanism) throws LogUnavailableException {
    ledger.openCampaign(campaign, mechanism);
  }

  /**
   * Answers a request, or refuses it.
   *
   * @param request what is asked; its campaign must be open and its lineage have a policy and a data set
   * @param answer computes the exact answer; called only after the charge is durable, and not at all for a replay or a
   *     refusal
   * @throws LogUnavailableException if the ledger cannot be written, for instance because the disk is full; nothing
   *     is released, and if the charge had become durable, the same request completes it later at no further cost
   * @throws IllegalArgumentException if the request does not fit campaign, lineage or the range of an int
   */
  public synchronized ReleaseOutcome release(ReleaseRequest request, AnswerSource answer)
      throws LogUnavailableException {
    requireOpen();
    DatasetBind dataset = requireValid(request);
    requireHidden(request, false);
    Digest queryDigest = request.query().digest(request.mechanism());

    Optional<ReleasedAnswer> known = ledger.answer(queryDigest);
    if (known.isPresent()) {
      return new ReleaseOutcome.Released(known.get().block(), known.get().charge(), true);
    }
    ChargeOutcome outcome = charge(request, queryDigest);
    if (outcome instanceof ChargeOutcome.OverLimit over) {
      return new ReleaseOutcome.Refused(over.limit(), over.asked(), over.left());
    }
    long charge = ((ChargeOutcome.Charged) outcome).seq();
    LabelBlock block = noised(request, dataset, answer, charge, queryDigest);
    ledger.release(charge, block, noiseKey.commitment(charge, queryDigest));
    return new ReleaseOutcome.Released(block, charge, false);
  }

  /**
   * Answers a request to a sum, or refuses it. The answer must leave in no other way than masked. Neither the ledger nor
   * anything else keeps it: asked again, it is made again from the same noise, and held against the commitment to it.
   *
   * @param request what is asked, by a mechanism that {@link Mechanism#hidesAnswers}
   * @param answer computes the exact answer; called only after the charge is durable, or was before
   * @throws LogUnavailableException as {@link #release(ReleaseRequest, AnswerSource)}
   * @throws IllegalArgumentException as {@link #release(ReleaseRequest, AnswerSource)}
   */
  public synchronized HiddenOutcome releaseHidden(
      DatasetBind dataset, ReleaseRequest request, AnswerSource answer)
      throws LogUnavailableException {
    requireOpen();
    bind(dataset);
    DatasetBind bound = requireValid(request);
    requireHidden(request, true);
    Digest queryDigest = request.query().digest(request.mechanism());

    Optional<HiddenRelease> known = ledger.hiddenRelease(queryDigest);
    if (known.isPresent()) {
      long charge = known.get().charge();
      LabelBlock again = noised(request, bound, answer, charge, queryDigest);
      Digest commitment = noiseKey.hide(charge, queryDigest, again.digest());
      // The same noise on another answer would show the difference of the two.
      return commitment.equals(known.get().commitment())
          ? new HiddenOutcome.Released(again, charge, commitment, true)
          : new HiddenOutcome.Changed();
    }
    ChargeOutcome outcome = charge(request, queryDigest);
    if (outcome instanceof ChargeOutcome.OverLimit over) {
      return new HiddenOutcome.Refused(over.limit(), over.asked(), over.left());
    }
    long charge = ((ChargeOutcome.Charged) outcome).seq();
    LabelBlock block = noised(request, bound, answer, charge, queryDigest);
    Digest commitment = noiseKey.hide(charge, queryDigest, block.digest());
    ledger.releaseHidden(charge, commitment, noiseKey.commitment(charge, queryDigest));
    return new HiddenOutcome.Released(block, charge, commitment, false);
  }

  private void requireOpen() throws LogUnavailableException {
    String reason = shut;
    if (reason != null) {
      throw new LogUnavailableException("nothing is released any more: " + reason);
    }
  }

  private static void requireHidden(ReleaseRequest request, boolean hidden) {
    if (request.mechanism().hidesAnswers() != hidden) {
      throw new IllegalArgumentException("answers of " + request.mechanism().name() + " must be "
          + (hidden ? "released openly" : "released to a sum"));
    }
  }

  /** Makes the request's charge durable, or finds the one that is pending. */
  private ChargeOutcome charge(ReleaseRequest request, Digest queryDigest)
      throws LogUnavailableException {
    Optional<PendingCharge> pending = ledger.pendingCharge(queryDigest);
    if (pending.isPresent()) {
      if (pending.get().recomputable()) {
        return new ChargeOutcome.Charged(pending.get().seq(), pending.get().charge());
      }
      ledger.burn(pending.get().seq(), BurnReason.DATASET_CHANGED);
    }
    return ledger.charge(request.query(), request.party());
  }

  private LabelBlock noised(
      ReleaseRequest request,
      DatasetBind dataset,
      AnswerSource answer,
      long charge,
      Digest queryDigest) {
    int[] values = requireExact(request, dataset, answer.histogram().clone());
    noise.addTo(values, noiseOf(request, charge, queryDigest));
    return new LabelBlock(
        request.firstSample(), request.count(), request.mechanism().width(), values);
  }

  /** Binds the present version of a data set to its lineage, between releases; does nothing if it is bound already. */
  public synchronized void bind(DatasetBind dataset) throws LogUnavailableException {
    ledger.bindDataset(dataset);
  }

  /**
   * Answers what the data set answers: binds it, then does as {@link #release(ReleaseRequest, AnswerSource)}. One turn, as
   * a study of another coordinator may have bound another version or count of teachers since.
   */
  public synchronized ReleaseOutcome release(
      DatasetBind dataset, ReleaseRequest request, AnswerSource answer)
      throws LogUnavailableException {
    bind(dataset);
    return release(request, answer);
  }

  /**
   * Lets the noise of requests that are expected be drawn ahead of them. It charges nothing and promises nothing: a
   * request that comes in another order, or after another charge, draws its noise when it comes. What was expected before
   * and is not expected now is forgotten.
   *
   * @param requests in the order in which they are expected
   * @throws LogUnavailableException if the ledger cannot be read
   */
  public synchronized void foresee(List<ReleaseRequest> requests) throws LogUnavailableException {
    if (noise.mostSamples() == 0) {
      return;
    }
    List<ReleaseNoise> expected = new ArrayList<>();
    long next = ledger.size();
    for (ReleaseRequest request : requests) {
      Digest queryDigest = request.query().digest(request.mechanism());
      if (ledger.isReleased(queryDigest)) {
        continue;
      }
      Optional<PendingCharge> pending = ledger.pendingCharge(queryDigest);
      if (pending.isPresent() && pending.get().recomputable()) {
        expected.add(noiseOf(request, pending.get().seq(), queryDigest));
        // Its release alone.
        next++;
      } else {
        // A stale charge is burned first; then come a charge and its release.
        long charge = pending.isPresent() ? next + 1 : next;
        expected.add(noiseOf(request, charge, queryDigest));
        next = charge + 2;
      }
    }
    noise.foresee(expected);
  }

  /** Burns every pending charge of a campaign that has ended. What was charged stays spent. */
  public synchronized void abandon(Digest campaign) throws LogUnavailableException {
    for (PendingCharge pending : ledger.pendingCharges()) {
      if (pending.charge().query().campaign().equals(campaign)) {
        ledger.burn(pending.seq(), BurnReason.ABANDONED);
      }
    }
  }

  /**
   * Shuts the door for good: nothing is charged or released any more, not even what was released before.
   *
   * @param why for the message
   */
  public void shut(String why) {
    shut = why;
  }

  private static ReleaseNoise noiseOf(ReleaseRequest request, long charge, Digest queryDigest) {
    return new ReleaseNoise(
        charge,
        queryDigest,
        request.mechanism().noise(),
        request.count() * request.mechanism().width());
  }

  private DatasetBind requireValid(ReleaseRequest request) {
    CampaignOpen campaign = ledger
        .campaign(request.campaign())
        .orElseThrow(
            () -> new IllegalArgumentException("campaign must be open: " + request.campaign()));
    if (!campaign.mechanism().equals(request.mechanism())) {
      throw new IllegalArgumentException(
          "mechanism must be the campaign's, " + campaign.mechanism() + ": " + request.mechanism());
    }
    DatasetBind dataset = ledger
        .dataset(request.lineage())
        .orElseThrow(() -> new IllegalArgumentException(
            "lineage must have a data set bound: " + request.lineage()));
    long largest = request.mechanism().largestEntry(dataset.teachers())
        + NOISE_REACH_SIGMAS * request.mechanism().sigma();
    if (largest > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the largest sum over teachers and 40 sigma must be <= "
          + Integer.MAX_VALUE + ": " + largest);
    }
    return dataset;
  }

  // The sensitivity rests on every teacher's row being one of the mechanism's; sums that cannot be
  // such must not leave.
  private static int[] requireExact(ReleaseRequest request, DatasetBind dataset, int[] values) {
    int expected = request.count() * request.mechanism().width();
    if (values.length != expected) {
      throw new IllegalStateException(
          "answer must have " + expected + " entries: " + values.length);
    }
    request.mechanism().requireExact(dataset.teachers(), values);
    return values;
  }
}
