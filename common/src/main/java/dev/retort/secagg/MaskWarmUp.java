package dev.retort.secagg;

import dev.retort.secagg.MaskExpansion.Mask;
import dev.retort.secagg.MaskExpansion.Sign;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the mask loop on throwaway seeds. Until the platform has compiled it, it runs at a thirtieth of its rate: call this
 * for some tenths of a second before a first segment.
 */
public final class MaskWarmUp {

  private final Lanes lanes;
  private final List<Mask> masks = new ArrayList<>();

  /**
   * A run of the loop.
   *
   * @param masks how many seeds are expanded over one vector
   */
  public MaskWarmUp(LaneWidth width, int lanes, int masks) {
    this.lanes = Lanes.zeros(width, lanes);
    for (int i = 0; i < masks; i++) {
      byte[] seed = new byte[Secret.BYTES];
      seed[0] = (byte) i;
      this.masks.add(new Mask(Secret.take(seed), (i & 1) == 0 ? Sign.PLUS : Sign.MINUS));
    }
  }

  /**
   * Expands and adds every mask once.
   *
   * @return how many bytes of mask were made, so that whoever has a clock knows the rate
   */
  public long run() {
    MaskExpansion.apply(lanes, masks, Octets.wrap(new byte[Secret.BYTES]));
    return (long) lanes.byteLength() * masks.size();
  }
}
