package dev.retort.learn;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Adam (Kingma and Ba 2015, beta 0.9 and 0.999, epsilon 1e-8 added as PyTorch adds it) over a list of parameters, by
 * one call of {@code torch._fused_adam_} a step. For one thread; holds native memory until closed.
 *
 * <p>The parameters never record gradients. Each step reads them through fresh leaves that share their memory: the
 * backward pass then hands over its gradients without adding them to old ones, and nothing has to be zeroed.
 */
final class FusedAdam implements AutoCloseable {

  private static final byte[] ARCHIVE = new TorchScriptArchive()
      .method("forward(self: __torch__.Ops, x: Tensor) -> Tensor", "return x")
      .method(
          "adam(self: __torch__.Ops, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor],"
              + " t: List[Tensor], lr: float) -> Tensor",
          "_0 = torch._foreach_add_(t, 1.)",
          "_1 = torch._fused_adam_(p, g, m, v, annotate(List[Tensor], []), t, lr=lr,"
              + " beta1=0.90000000000000002, beta2=0.999, weight_decay=0., eps=1e-08,"
              + " amsgrad=False, maximize=False)",
          "return torch.select(t[0], 0, 0)")
      .toBytes();

  private final PtSymbolBlock operators;
  private final PtNDArray[] parameters;
  private final IValue parameterList;
  private final IValue meanList;
  private final IValue varianceList;
  private final IValue stepList;

  /** Keeps {@code parameters}, which belong to {@code scope}, and makes their state there. */
  FusedAdam(TensorScope scope, PtNDArray[] parameters) {
    this.parameters = parameters;
    try {
      operators =
          JniUtils.loadModule(scope.manager(), new ByteArrayInputStream(ARCHIVE), false, false);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    int count = parameters.length;
    PtNDArray[] means = new PtNDArray[count];
    PtNDArray[] variances = new PtNDArray[count];
    PtNDArray[] steps = new PtNDArray[count];
    for (int i = 0; i < count; i++) {
      means[i] = scope.zeros(parameters[i].getShape());
      variances[i] = scope.zeros(parameters[i].getShape());
      steps[i] = scope.zeros(new Shape(1));
    }
    parameterList = IValue.listFrom(parameters);
    meanList = IValue.listFrom(means);
    varianceList = IValue.listFrom(variances);
    stepList = IValue.listFrom(steps);
  }

  /** Views of the parameters that record gradients, for the forward pass of one step. */
  PtNDArray[] leaves(PtNDManager step) {
    PtNDArray[] leaves = new PtNDArray[parameters.length];
    for (int i = 0; i < leaves.length; i++) {
      parameters[i].tempAttach(step);
      leaves[i] = JniUtils.detachGradient(parameters[i]);
      JniUtils.attachGradient(leaves[i], true);
    }
    return leaves;
  }

  /** Moves the parameters against the gradients that the backward pass left on {@code leaves}. */
  void step(PtNDArray[] leaves, double learningRate) {
    PtNDArray[] gradients = new PtNDArray[leaves.length];
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] = JniUtils.getGradient(leaves[i]);
    }
    try (IValue gradientList = IValue.listFrom(gradients);
        IValue rate = IValue.from(learningRate);
        IValue result = IValueUtils.runMethod(
            operators,
            "adam",
            parameterList,
            gradientList,
            meanList,
            varianceList,
            stepList,
            rate)) {
      assert result.isTensor();
    }
  }

  @Override
  public void close() {
    parameterList.close();
    meanList.close();
    varianceList.close();
    stepList.close();
    operators.close();
  }
}
