package dev.retort.cli.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines over a horizontal axis with given ticks and a vertical axis from 0, as SVG inside a page: no script, no style sheet,
 * its own background. Lines differ by dash and marker as well as by colour.
 *
 * @param title what is shown, for readers who do not see it
 * @param xFrom where the horizontal axis begins, below {@code xTo}
 * @param limit a level not to be crossed, drawn as a dashed line; NaN for none
 */
record Plot(
    String title,
    String xLabel,
    String yLabel,
    double xFrom,
    double xTo,
    List<Tick> ticks,
    List<Line> lines,
    double limit,
    String limitName) {

  private static final int WIDTH = 480;
  private static final int HEIGHT = 290;
  private static final int LEFT = 62;
  private static final int RIGHT = 24;
  private static final int TOP = 30;
  private static final int BOTTOM = 66;

  /** Twice as many as there are pixels from left to right. */
  static final int COLUMNS = 2 * (WIDTH - LEFT - RIGHT);

  private static final int LEGEND_LINE = 20;
  private static final int MOST_MARKERS = 12;
  // Okabe and Ito's palette; the second is dark enough to be seen on white.
  private static final List<String> COLOURS = List.of("#0072B2", "#A64A00");
  private static final List<String> DASHES = List.of("none", "6 4");
  private static final String INK = "#222222";

  Plot {
    ticks = List.copyOf(ticks);
    lines = List.copyOf(lines);
  }

  /** A mark on the horizontal axis. */
  record Tick(double at, String label, String below) {}

  /**
   * A named line through points, from left to right.
   *
   * @param steps whether it keeps each value until the next point, and its last to the end of the axis
   */
  record Line(String name, boolean steps, List<Point> points) {
    Line {
      points = List.copyOf(points);
    }
  }

  /** A point, finite. */
  record Point(double x, double y) {}

  Markup svg() {
    boolean legend = lines.size() > 1;
    int height = HEIGHT + (legend ? LEGEND_LINE * lines.size() + 6 : 0);
    StringBuilder out = new StringBuilder();
    add(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">", WIDTH, height, title);
    raw(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    text(out, 8, 17, "start", yLabel);
    double yTo = yTo();
    levels(out, yTo);
    marks(out);
    if (!Double.isNaN(limit)) {
      raw(
          out,
          "<path d=\"M%d %.1fH%d\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.6\" stroke-dasharray=\"9 4\"/>",
          LEFT,
          toY(limit, yTo),
          WIDTH - RIGHT,
          INK);
      text(out, WIDTH - RIGHT - 4, toY(limit, yTo) - 6, "end", limitName);
    }
    for (int i = 0; i < lines.size(); i++) {
      line(out, i, yTo);
      if (legend) {
        legend(out, i);
      }
    }
    raw(out, "</svg>");
    return new Markup(out.toString());
  }

  private void levels(StringBuilder out, double yTo) {
    double step = step(yTo);
    for (int i = 0; i * step <= yTo * (1 + 1e-9); i++) {
      double at = toY(i * step, yTo);
      raw(out, "<path d=\"M%d %.1fH%d\" stroke=\"#dddddd\"/>", LEFT, at, WIDTH - RIGHT);
      text(out, LEFT - 8, at + 4.5, "end", number(i * step));
    }
  }

  private void marks(StringBuilder out) {
    int bottom = HEIGHT - BOTTOM;
    for (Tick tick : ticks) {
      double at = toX(tick.at());
      raw(out, "<path d=\"M%.1f %dV%d\" stroke=\"%s\"/>", at, bottom, bottom + 5, INK);
      text(out, at, bottom + 19, "middle", tick.label());
      if (!tick.below().isEmpty()) {
        text(out, at, bottom + 34, "middle", tick.below());
      }
    }
    raw(
        out,
        "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"%s\"/>",
        LEFT,
        TOP,
        bottom,
        WIDTH - RIGHT,
        INK);
    text(
        out,
        (LEFT + WIDTH - RIGHT) / 2.0,
        bottom + (ticks.stream().allMatch(tick -> tick.below().isEmpty()) ? 42 : 56),
        "middle",
        xLabel);
  }

  private void line(StringBuilder out, int index, double yTo) {
    Line line = lines.get(index);
    StringBuilder path = new StringBuilder();
    for (Point point : line.points()) {
      String form = path.isEmpty() ? "M%.1f %.1f" : line.steps() ? "H%.1fV%.1f" : "L%.1f %.1f";
      path.append(String.format(Locale.ROOT, form, toX(point.x()), toY(point.y(), yTo)));
    }
    if (line.steps() && !path.isEmpty()) {
      path.append("H").append(WIDTH - RIGHT);
    }
    if (!path.isEmpty()) {
      stroke(out, index, path.toString());
    }
    if (line.points().size() <= MOST_MARKERS) {
      line.points().forEach(point -> marker(out, index, toX(point.x()), toY(point.y(), yTo)));
    }
  }

  private void legend(StringBuilder out, int index) {
    double at = HEIGHT + LEGEND_LINE * index + 10.0;
    stroke(out, index, String.format(Locale.ROOT, "M%d %.1fH%d", LEFT, at, LEFT + 40));
    marker(out, index, LEFT + 20.0, at);
    text(out, LEFT + 50, at + 4.5, "start", lines.get(index).name());
  }

  private static void stroke(StringBuilder out, int index, String path) {
    raw(
        out,
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.2\" stroke-dasharray=\"%s\"/>",
        path,
        COLOURS.get(index % COLOURS.size()),
        DASHES.get(index % DASHES.size()));
  }

  private static void marker(StringBuilder out, int index, double x, double y) {
    raw(
        out,
        "<path transform=\"translate(%.1f %.1f)\" d=\"%s\" fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"1.6\"/>",
        x,
        y,
        index % 2 == 0 ? "M-3.5 0A3.5 3.5 0 1 0 3.5 0A3.5 3.5 0 1 0 -3.5 0Z" : "M-4 -4H4V4H-4Z",
        COLOURS.get(index % COLOURS.size()));
  }

  private double yTo() {
    double most = lines.stream()
        .flatMap(line -> line.points().stream())
        .mapToDouble(Point::y)
        .max()
        .orElse(0);
    most = Double.isNaN(limit) ? most : Math.max(most, limit);
    return most > 0 ? most * 1.12 : 1;
  }

  private double toX(double x) {
    return LEFT + (x - xFrom) / (xTo - xFrom) * (WIDTH - RIGHT - LEFT);
  }

  private static double toY(double y, double yTo) {
    return HEIGHT - BOTTOM - y / yTo * (HEIGHT - BOTTOM - TOP);
  }

  /** 1, 2 or 5 times a power of ten, for three to six levels. */
  private static double step(double most) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(most / 3)));
    double step = magnitude;
    for (double factor : new double[] {2, 5, 10}) {
      if (most / step > 6) {
        step = magnitude * factor;
      }
    }
    return step;
  }

  /** Whole numbers from {@code from} to {@code to} as ticks, at most a dozen. */
  static List<Tick> whole(int from, int to) {
    int step = Math.max(1, (to - from + 10) / 11);
    List<Tick> ticks = new ArrayList<>();
    for (int i = from; i <= to; i += step) {
      ticks.add(new Tick(i, Integer.toString(i), ""));
    }
    return ticks;
  }

  private static String number(double value) {
    return new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  private static void text(StringBuilder out, double x, double y, String anchor, String text) {
    add(
        out,
        String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"13\" fill=\"%s\">",
                x,
                y,
                anchor,
                INK)
            + "%s</text>",
        text);
  }

  /** Strings among the values are escaped. */
  private static void add(StringBuilder out, String form, Object... values) {
    Object[] escaped = values.clone();
    for (int i = 0; i < escaped.length; i++) {
      escaped[i] = escaped[i] instanceof String text ? Markup.text(text).html() : escaped[i];
    }
    raw(out, form, escaped);
  }

  private static void raw(StringBuilder out, String form, Object... values) {
    out.append(String.format(Locale.ROOT, form, values)).append('\n');
  }
}
