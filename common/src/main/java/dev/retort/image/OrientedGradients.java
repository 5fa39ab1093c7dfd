package dev.retort.image;

/**
 * Histograms of gradient orientations over a grid of cells (Dalal and Triggs 2005): a fixed public descriptor under which
 * neighbours look alike far more often than under pixels. Cells overlap by half, votes are weighted by distance to the
 * cell's centre, and every cell is normalised with its neighbours. Immutable.
 */
public final class OrientedGradients {

  /** Numbers of a cell. */
  public static final int ORIENTATIONS = 8;

  private static final int MOST_CELLS = 7;
  private static final int SMALLEST_CELL_PIXELS = 4;

  private final int channels;
  private final int height;
  private final int width;
  private final int cellRows;
  private final int cellColumns;

  /** For images of that many channels, rows and columns. */
  public OrientedGradients(int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.cellRows = cells(height);
    this.cellColumns = cells(width);
  }

  private static int cells(int side) {
    return Math.max(1, Math.min(MOST_CELLS, side / SMALLEST_CELL_PIXELS));
  }

  /** Rows of cells: one for four rows of pixels, at most seven. */
  public int cellRows() {
    return cellRows;
  }

  /** Columns of cells, likewise. */
  public int cellColumns() {
    return cellColumns;
  }

  /** How many numbers describe an image. */
  public int numbers() {
    return ORIENTATIONS * cellRows * cellColumns;
  }

  /**
   * Describes an image.
   *
   * @param image channels by height by width, row-major
   * @return for each cell, row by row, one number an orientation, in [0, 2]
   */
  public float[] describe(float[] image) {
    float[] cells = new float[cellRows * cellColumns * ORIENTATIONS];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // The channel with the steepest gradient speaks for the pixel.
        float dx = 0;
        float dy = 0;
        for (int channel = 0; channel < channels; channel++) {
          int plane = channel * height * width;
          float across = at(image, plane, y, x + 1) - at(image, plane, y, x - 1);
          float down = at(image, plane, y + 1, x) - at(image, plane, y - 1, x);
          if (across * across + down * down > dx * dx + dy * dy) {
            dx = across;
            dy = down;
          }
        }
        if (dx != 0 || dy != 0) {
          vote(cells, y, x, dx, dy);
        }
      }
    }
    return normalised(cells);
  }

  private float at(float[] image, int plane, int y, int x) {
    int row = Math.max(0, Math.min(height - 1, y));
    int column = Math.max(0, Math.min(width - 1, x));
    return image[plane + row * width + column];
  }

  /** Shares a pixel's gradient among the nearest four cells and the nearest two orientations. */
  private void vote(float[] cells, int y, int x, float dx, float dy) {
    float magnitude = (float) Math.sqrt(dx * dx + dy * dy);
    double turn = Math.atan2(dy, dx) / (2 * Math.PI) * ORIENTATIONS + ORIENTATIONS;
    int orientation = (int) turn;
    float nextOrientation = (float) (turn - orientation);
    float cellY = (y + 0.5f) * cellRows / height - 0.5f;
    float cellX = (x + 0.5f) * cellColumns / width - 0.5f;
    int firstY = (int) Math.floor(cellY);
    int firstX = (int) Math.floor(cellX);
    for (int corner = 0; corner < 4; corner++) {
      int row = firstY + corner / 2;
      int column = firstX + corner % 2;
      if (row >= 0 && row < cellRows && column >= 0 && column < cellColumns) {
        float share = magnitude * (1 - Math.abs(cellY - row)) * (1 - Math.abs(cellX - column));
        int cell = (row * cellColumns + column) * ORIENTATIONS;
        cells[cell + orientation % ORIENTATIONS] += share * (1 - nextOrientation);
        cells[cell + (orientation + 1) % ORIENTATIONS] += share * nextOrientation;
      }
    }
  }

  private float[] normalised(float[] cells) {
    float[] energy = new float[cellRows * cellColumns];
    float mean = 0;
    for (int i = 0; i < cells.length; i++) {
      energy[i / ORIENTATIONS] += cells[i] * cells[i];
      mean += cells[i] * cells[i] / energy.length;
    }
    float[] result = new float[cells.length];
    for (int row = 0; row < cellRows; row++) {
      for (int column = 0; column < cellColumns; column++) {
        float around = 0.1f * mean + 1e-6f;
        int counted = 0;
        for (int y = Math.max(0, row - 1); y <= Math.min(cellRows - 1, row + 1); y++) {
          for (int x = Math.max(0, column - 1); x <= Math.min(cellColumns - 1, column + 1); x++) {
            around += energy[y * cellColumns + x];
            counted++;
          }
        }
        float norm = (float) Math.sqrt(around / counted);
        for (int o = 0; o < ORIENTATIONS; o++) {
          int i = (row * cellColumns + column) * ORIENTATIONS + o;
          // The square root keeps one strong edge from hiding the weak ones (Hellinger distance).
          result[i] = (float) Math.sqrt(cells[i] / norm);
        }
      }
    }
    return result;
  }
}
