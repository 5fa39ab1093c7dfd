package dev.retort.encode;

import dev.retort.data.Samples;
import dev.retort.merkle.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What was last learnt from transfer sets. Learning is deterministic and reads public samples alone, so that studies of one
 * transfer set, and nodes of one process, may share it. Safe for use by several threads, one of which learns at a time.
 */
public final class PublicSpaces {

  private static final int MOST = 3;

  private final Map<Key, Object> learnt = new LinkedHashMap<>(8, 0.75f, true);

  /**
   * Which public samples are learnt from.
   *
   * @param transferSet the digest of their manifest
   * @param name of what is seen of each; empty for all of it
   */
  public record View(Digest transferSet, String name) {}

  private record Key(View view, String kind, int features) {}

  /** An encoder of images by their gradients and of tables, learnt of {@code transfer}, the samples in that view. */
  public PublicEncoder encoder(View view, Samples transfer, int features) {
    return (PublicEncoder)
        recall(new Key(view, "encoder", features), () -> new PublicEncoder(transfer, features));
  }

  /** Where records are added up by class, learnt of {@code transfer}, the samples in that view. */
  public ClassSumSpace classSums(View view, Samples transfer, int features) {
    return (ClassSumSpace)
        recall(new Key(view, "class sums", features), () -> new ClassSumSpace(transfer, features));
  }

  private synchronized Object recall(Key key, Supplier<Object> learn) {
    Object known = learnt.get(key);
    if (known == null) {
      known = learn.get();
      learnt.put(key, known);
      if (learnt.size() > MOST) {
        learnt.remove(learnt.keySet().iterator().next());
      }
    }
    return known;
  }
}
