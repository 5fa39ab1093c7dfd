package dev.retort.label;

import java.util.HashSet;
import java.util.List;

/**
 * The classes of a study, in their public order.
 *
 * @param classes at least two distinct, non-blank names
 */
public record LabelSpace(List<String> classes) {

  public LabelSpace {
    classes = List.copyOf(classes);
    if (classes.size() < 2) {
      throw new IllegalArgumentException("classes must be at least two: " + classes);
    }
    if (new HashSet<>(classes).size() != classes.size()) {
      throw new IllegalArgumentException("classes must be distinct: " + classes);
    }
    for (String name : classes) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("classes must have names: " + classes);
      }
    }
  }

  /** The count of classes. */
  public int size() {
    return classes.size();
  }
}
