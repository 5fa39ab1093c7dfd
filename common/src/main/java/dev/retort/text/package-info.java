/** Public encoders that turn a text into the same numbers for everybody: hashed words, and a sentence encoder. */
@NullMarked
package dev.retort.text;

import org.jspecify.annotations.NullMarked;
