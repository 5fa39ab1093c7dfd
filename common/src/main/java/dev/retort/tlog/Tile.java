package dev.retort.tlog;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The place of one tile of a log (C2SP tlog-tiles): up to 256 hashes of one level, or the bundle of up to 256 entries under
 * a tile of level 0.
 *
 * @param level the hashes are of full subtrees of 256^level entries
 * @param n the tile's index in its level
 * @param width how many hashes it holds: 256, or fewer for the last tile of a level
 */
public record Tile(int level, long n, int width) {

  /** The hashes of a full tile. */
  public static final int WIDTH = 256;

  /** 256^7 entries are more than a log's size can count. */
  private static final int MAX_LEVEL = 7;

  private static final Pattern PATH = Pattern.compile(
      "tile/(entries|[0-7])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  public Tile {
    if (level < 0 || level > MAX_LEVEL) {
      throw new IllegalArgumentException("level must be in [0, " + MAX_LEVEL + "]: " + level);
    }
    if (n < 0 || n > Long.MAX_VALUE / WIDTH) {
      throw new IllegalArgumentException("n must be >= 0 and a tile's index: " + n);
    }
    if (width < 1 || width > WIDTH) {
      throw new IllegalArgumentException("width must be in [1, " + WIDTH + "]: " + width);
    }
  }

  /**
   * A tile of a tree.
   *
   * @param size the tree's count of entries
   * @throws IllegalArgumentException if the tree has no such tile
   */
  public static Tile ofTree(long size, int level, long n) {
    long hashes = 8 * level >= Long.SIZE ? 0 : size >> (8 * level);
    return new Tile(level, n, (int) Math.max(0, Math.min(WIDTH, hashes - n * WIDTH)));
  }

  /** Whether a tree of {@code size} entries has this very tile. */
  public boolean isOfTree(long size) {
    long left = (size >> (8 * level)) - n * WIDTH;
    return left > 0 && Math.min(WIDTH, left) == width;
  }

  /**
   * Reads a path as {@link #path} or {@link #bundlePath} writes it; a bundle has the place of the tile over it.
   *
   * @throws MalformedLogException if it is none
   */
  public static Tile parse(String path) throws MalformedLogException {
    Matcher matcher = PATH.matcher(path);
    if (matcher.matches()) {
      boolean isBundle = matcher.group(1).equals("entries");
      String partial = matcher.group(3);
      int width = partial == null ? WIDTH : Integer.parseInt(partial);
      // Six groups of three digits fit a long.
      long n = Long.parseLong(matcher.group(2).replace("x", "").replace("/", ""));
      if (width <= WIDTH && n <= Long.MAX_VALUE / WIDTH) {
        Tile tile = new Tile(isBundle ? 0 : Integer.parseInt(matcher.group(1)), n, width);
        // Catches needless leading groups, and a full tile written as a partial one.
        if (path.equals(isBundle ? tile.bundlePath() : tile.path())) {
          return tile;
        }
      }
    }
    throw new MalformedLogException(
        "tile path must be tile/LEVEL/N or tile/entries/N, with .p/WIDTH where partial: " + path);
  }

  /** Where the tile lies below a log's prefix, such as {@code tile/0/x001/x234/067} or {@code tile/1/000.p/3}. */
  public String path() {
    return "tile/" + level + "/" + name();
  }

  /** Where the bundle of the entries under a tile of level 0 lies. */
  public String bundlePath() {
    if (level != 0) {
      throw new IllegalStateException("level must be 0 for a bundle of entries: " + level);
    }
    return "tile/entries/" + name();
  }

  private String name() {
    StringBuilder name = new StringBuilder(digits(n % 1000));
    for (long rest = n / 1000; rest > 0; rest /= 1000) {
      name.insert(0, "x" + digits(rest % 1000) + "/");
    }
    return width == WIDTH ? name.toString() : name + ".p/" + width;
  }

  private static String digits(long three) {
    return Long.toString(1000 + three).substring(1);
  }
}
