package dev.retort.cli.report;

import java.util.List;

/** A page's body, written from top to bottom. */
final class Html {

  private static final int KEPT_ON_ONE_PAGE = 8;

  private final StringBuilder out = new StringBuilder();

  /** A column of a table. */
  record Column(String head, boolean number) {
    static Column words(String head) {
      return new Column(head, false);
    }

    static Column number(String head) {
      return new Column(head, true);
    }
  }

  /** A thing and what is said of it. */
  record Fact(String name, Markup value) {}

  Html add(String template, Object... values) {
    out.append(Markup.of(template, values).html()).append('\n');
    return this;
  }

  Html section(String id, String heading) {
    return add("<section aria-labelledby=\"{}\">\n<h2 id=\"{}\">{}</h2>", id, id, heading);
  }

  Html endSection() {
    return add("</section>");
  }

  Html part(Markup heading) {
    return add("<h3>{}</h3>", heading);
  }

  Html paragraph(String template, Object... values) {
    return add("<p>{}</p>", Markup.of(template, values));
  }

  Html list(List<Markup> items) {
    add("<ul>");
    items.forEach(item -> add("<li>{}</li>", item));
    return add("</ul>");
  }

  Html facts(List<Fact> facts) {
    add("<dl>");
    facts.forEach(fact -> add("<div><dt>{}</dt><dd>{}</dd></div>", fact.name(), fact.value()));
    return add("</dl>");
  }

  /**
   * A table whose first column heads its rows. Where it is wider than the page it scrolls by itself; on a narrow screen
   * the style sheet sets cells one below another, each after its column's head. Roles are spelt out because that layout
   * would hide from screen readers that this is a table.
   */
  Html table(Markup caption, List<Column> columns, List<List<Markup>> rows) {
    add(
        "<div class=\"wide{}\" tabindex=\"0\">\n<table role=\"table\">\n<caption>{}</caption>",
        rows.size() <= KEPT_ON_ONE_PAGE ? " short" : "",
        caption);
    add("<thead role=\"rowgroup\"><tr role=\"row\">");
    for (Column column : columns) {
      add("<th role=\"columnheader\" scope=\"col\"{}>{}</th>", numeric(column), column.head());
    }
    add("</tr></thead>\n<tbody role=\"rowgroup\">");
    for (List<Markup> row : rows) {
      add("<tr role=\"row\">");
      for (int i = 0; i < columns.size(); i++) {
        Column column = columns.get(i);
        add(
            i == 0
                ? "<th role=\"rowheader\" scope=\"row\"{} data-head=\"{}\">{}</th>"
                : "<td role=\"cell\"{} data-head=\"{}\">{}</td>",
            numeric(column),
            column.head(),
            row.get(i));
      }
      add("</tr>");
    }
    return add("</tbody>\n</table>\n</div>");
  }

  /** As {@link #table}, but of a row too many it says only how many there are. */
  Html longTable(Markup caption, List<Column> columns, List<List<Markup>> rows, int most) {
    table(caption, columns, rows.subList(0, Math.min(most, rows.size())));
    if (rows.size() > most) {
      paragraph(
          "{} more are not shown here. {} lists every entry.",
          Words.count(rows.size() - most),
          Markup.code("retort audit verify DIR... --json"));
    }
    return this;
  }

  Html figure(Markup svg, Markup caption) {
    return add(
        "<figure>\n<div class=\"wide\" tabindex=\"0\">{}</div>\n<figcaption>{}</figcaption>\n</figure>",
        svg,
        caption);
  }

  private static Markup numeric(Column column) {
    return column.number() ? new Markup(" class=\"n\"") : Markup.NONE;
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
