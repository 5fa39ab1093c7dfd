package dev.retort.cli;

import java.util.List;
import java.util.Locale;

/**
 * Lines over two linear axes, drawn as SVG: no scripts, no style sheets, fonts of the viewer. The lines differ by colour,
 * dash and marker, so that no reader depends on colour; a painted background makes the figure the same on any page.
 *
 * @param title above the plot
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param lines at most four, drawn in order
 */
record LinePlot(String title, Axis x, Axis y, List<Line> lines) {

  private static final int WIDTH = 580;
  private static final int HEIGHT = 500;
  private static final int HEADER = 64;
  private static final int LEFT = 72;
  private static final int RIGHT = 24;
  private static final int TOP = 44;
  private static final int BOTTOM = 150;
  private static final int MARKERS = 9;
  private static final String BOLD = " font-weight=\"bold\"";

  // Okabe and Ito's palette, which readers with any colour vision tell apart on white.
  private static final List<String> COLOURS = List.of("#0072B2", "#56B4E9", "#D55E00", "#CC79A7");
  private static final List<String> DASHES = List.of("none", "7 4", "none", "2 4");

  LinePlot {
    lines = List.copyOf(lines);
    if (lines.size() > COLOURS.size()) {
      throw new IllegalArgumentException(
          "lines must be at most " + COLOURS.size() + ": " + lines.size());
    }
  }

  /**
   * An axis.
   *
   * @param label what is measured, with its unit
   * @param most where it ends, having begun at 0; NaN to end where the data do
   * @param unit after each tick's number
   * @param whole whether ticks stand at whole numbers alone
   */
  record Axis(String label, double most, String unit, boolean whole) {

    /** Whole numbers from 0 to {@code most}. */
    static Axis counts(String label, int most) {
      return new Axis(label, most, "", true);
    }

    /** From 0 to where the data end. */
    static Axis fromZero(String label) {
      return new Axis(label, Double.NaN, "", false);
    }

    /** From 0 to 100 %. */
    static Axis percent(String label) {
      return new Axis(label, 100, "%", false);
    }
  }

  /** A named line through points, from left to right. */
  record Line(String name, List<Point> points) {
    Line {
      points = List.copyOf(points);
    }
  }

  /** A point, finite. */
  record Point(double x, double y) {}

  /** An SVG document of plots side by side under a heading of two lines. */
  static String figure(String heading, String below, List<LinePlot> plots) {
    int width = WIDTH * plots.size();
    int height = HEADER + HEIGHT;
    StringBuilder out = new StringBuilder();
    add(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', Arial, sans-serif\" fill=\"#222222\">",
        width,
        height,
        width,
        height);
    add(out, "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    text(out, LEFT, 30, "start", 19, BOLD + fit(heading, 19, width), heading);
    text(out, LEFT, 53, "start", 13, fit(below, 13, width), below);
    for (int i = 0; i < plots.size(); i++) {
      add(out, "<g transform=\"translate(%d %d)\">", WIDTH * i, HEADER);
      plots.get(i).draw(out);
      add(out, "</g>");
    }
    add(out, "</svg>");
    return out.toString();
  }

  private void draw(StringBuilder out) {
    text(out, LEFT, 24, "start", 15, BOLD, title);
    double[] xTicks = ticks(
        x,
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::x)
            .max()
            .orElse(1));
    double[] yTicks = ticks(
        y,
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::y)
            .max()
            .orElse(1));
    axes(out, xTicks, yTicks);
    for (int i = 0; i < lines.size(); i++) {
      line(out, i, end(x, xTicks), end(y, yTicks));
    }
    legend(out);
  }

  private void axes(StringBuilder out, double[] xTicks, double[] yTicks) {
    int bottom = HEIGHT - BOTTOM;
    for (double tick : yTicks) {
      double at = toY(tick, end(y, yTicks));
      add(
          out,
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#dddddd\"/>",
          LEFT,
          at,
          WIDTH - RIGHT,
          at);
      text(out, LEFT - 9, at + 4.5, "end", 13, "", number(tick) + y.unit());
    }
    for (double tick : xTicks) {
      double at = toX(tick, end(x, xTicks));
      add(
          out,
          "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#222222\"/>",
          at,
          bottom,
          at,
          bottom + 5);
      text(out, at, bottom + 21, "middle", 13, "", number(tick) + x.unit());
    }
    add(
        out,
        "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#222222\"/>",
        LEFT,
        TOP,
        bottom,
        WIDTH - RIGHT);
    text(out, (LEFT + WIDTH - RIGHT) / 2.0, bottom + 44, "middle", 14, "", x.label());
    add(out, "<g transform=\"translate(20 %.1f) rotate(-90)\">", (TOP + bottom) / 2.0);
    text(out, 0, 0, "middle", 14, "", y.label());
    add(out, "</g>");
  }

  private void line(StringBuilder out, int index, double xEnd, double yEnd) {
    List<Point> points = lines.get(index).points();
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      path.append(String.format(
          Locale.ROOT,
          "%s%.1f %.1f",
          path.isEmpty() ? "M" : "L",
          toX(point.x(), xEnd),
          toY(point.y(), yEnd)));
    }
    if (points.size() > 1) {
      stroke(out, index, path.toString());
    }
    int every = Math.max(1, (points.size() + MARKERS - 1) / MARKERS);
    for (int i = 0; i < points.size(); i += every) {
      marker(out, index, toX(points.get(i).x(), xEnd), toY(points.get(i).y(), yEnd));
    }
  }

  private void legend(StringBuilder out) {
    for (int i = 0; i < lines.size(); i++) {
      double at = HEIGHT - BOTTOM + 70 + 20.0 * i;
      stroke(out, i, String.format(Locale.ROOT, "M%d %.1fH%d", LEFT, at, LEFT + 40));
      marker(out, i, LEFT + 20, at);
      text(out, LEFT + 50, at + 4.5, "start", 13, "", lines.get(i).name());
    }
  }

  private static void stroke(StringBuilder out, int index, String path) {
    add(
        out,
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.2\" stroke-dasharray=\"%s\"/>",
        path,
        COLOURS.get(index),
        DASHES.get(index));
  }

  private static void marker(StringBuilder out, int index, double atX, double atY) {
    String shape = switch (index) {
      case 0 -> "M-4 0A4 4 0 1 0 4 0A4 4 0 1 0 -4 0Z";
      case 1 -> "M-4 -4H4V4H-4Z";
      case 2 -> "M0 -5L5 4H-5Z";
      default -> "M0 -5L5 0L0 5L-5 0Z";
    };
    add(
        out,
        "<path transform=\"translate(%.1f %.1f)\" d=\"%s\" fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"1.8\"/>",
        atX,
        atY,
        shape,
        COLOURS.get(index));
  }

  /** Attributes that squeeze a text which could be wider than the figure; the viewer's font is not known here. */
  private static String fit(String text, int size, int width) {
    double widest = text.chars()
        .mapToDouble(c -> (c >= 'a' && c <= 'z') || c < 'A' ? 0.66 : 1)
        .sum();
    int room = width - LEFT - RIGHT;
    return widest * size <= room
        ? ""
        : " textLength=\"" + room + "\" lengthAdjust=\"spacingAndGlyphs\"";
  }

  private static double toX(double value, double end) {
    return LEFT + value / end * (WIDTH - RIGHT - LEFT);
  }

  private static double toY(double value, double end) {
    int bottom = HEIGHT - BOTTOM;
    return bottom - value / end * (bottom - TOP);
  }

  private static double end(Axis axis, double[] ticks) {
    double last = ticks[ticks.length - 1];
    return Double.isNaN(axis.most()) ? last : Math.max(axis.most(), last);
  }

  /** Multiples of 1, 2 or 5 times a power of ten, five to ten of them. */
  private static double[] ticks(Axis axis, double mostOfData) {
    boolean open = Double.isNaN(axis.most());
    double most = open ? (mostOfData > 0 ? mostOfData : 1) : axis.most();
    double magnitude = Math.pow(10, Math.floor(Math.log10(most / 5)));
    double step = magnitude;
    for (double factor : new double[] {2, 5, 10}) {
      if (most / step > 9) {
        step = magnitude * factor;
      }
    }
    if (axis.whole()) {
      step = Math.max(1, step);
    }
    int count = (int) (open ? Math.ceil(most / step - 1e-9) : Math.floor(most / step + 1e-9));
    double[] ticks = new double[count + 1];
    for (int i = 0; i <= count; i++) {
      ticks[i] = i * step;
    }
    return ticks;
  }

  private static String number(double value) {
    return new java.math.BigDecimal(value)
        .round(new java.math.MathContext(6))
        .stripTrailingZeros()
        .toPlainString();
  }

  private static void text(
      StringBuilder out,
      double atX,
      double atY,
      String anchor,
      int size,
      String attributes,
      String text) {
    add(
        out,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\"%s>%s</text>",
        atX,
        atY,
        anchor,
        size,
        attributes,
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
  }

  private static void add(StringBuilder out, String form, Object... values) {
    out.append(String.format(Locale.ROOT, form, values)).append('\n');
  }
}
