/**
 * Networks: architectures, training, scoring and model files. The only package that imports {@code ai.djl} or ONNX
 * Runtime; none of their types stands in a public signature.
 */
@NullMarked
package dev.retort.learn;

import org.jspecify.annotations.NullMarked;
