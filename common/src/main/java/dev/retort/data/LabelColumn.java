package dev.retort.data;

import java.util.HashSet;
import java.util.List;

/**
 * The column of a table that names each row's class.
 *
 * @param name the name in the header
 * @param classes the classes as the table writes them, in the order of the label space; at least two, distinct
 */
public record LabelColumn(String name, List<String> classes) {

  public LabelColumn {
    TableSchema.checkName(name);
    classes = List.copyOf(classes);
    if (classes.size() < 2 || new HashSet<>(classes).size() != classes.size()) {
      throw new IllegalArgumentException("classes must be at least two and distinct: " + classes);
    }
  }
}
