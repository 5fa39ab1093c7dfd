package dev.retort.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.retort.proto.v1.FederationGrpc;
import dev.retort.proto.v1.FetchChunkRequest;
import dev.retort.proto.v1.FetchManifestRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ErrorCatalogTest {

  private static StatusRuntimeException errorOf(Runnable body) throws Exception {
    try (TestFederation federation =
        TestFederation.serving("alpha", new TestServices.Federation(body))) {
      ManagedChannel channel = TlsChannel.mutual(
              TestFederation.HOST, federation.port(), federation.node("site-1"))
          .build();
      try {
        return catchThrowableOfType(
            StatusRuntimeException.class,
            () -> FederationGrpc.newBlockingStub(channel)
                .fetchManifest(FetchManifestRequest.getDefaultInstance()));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void codes_ofCatalog_areTheClosedSet() {
    assertThat(ErrorCatalog.CODES)
        .containsExactlyInAnyOrder(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.UNAUTHENTICATED,
            Status.Code.PERMISSION_DENIED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNAVAILABLE,
            Status.Code.ABORTED);
  }

  @ParameterizedTest
  @EnumSource
  void because_ofEveryReason_survivesInMemory(ErrorReason reason) {
    StatusRuntimeException error = reason.because("the field, the rule, the value");

    assertThat(ErrorReason.of(error)).isEqualTo(reason);
    assertThat(error.getStatus().getCode()).isEqualTo(reason.code());
    assertThat(error.getStatus().getDescription()).isEqualTo("the field, the rule, the value");
  }

  @Test
  void call_whoseServiceNamesAReason_failsWithIt() throws Exception {
    StatusRuntimeException error = errorOf(() -> {
      throw ErrorReason.INVALID_FIELD.because("sample must be below 10: 11");
    });

    assertThat(ErrorReason.of(error)).isEqualTo(ErrorReason.INVALID_FIELD);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getStatus().getDescription()).isEqualTo("sample must be below 10: 11");
  }

  @Test
  void call_whoseServiceBreaks_tellsAnIncidentAndNothingElse() throws Exception {
    StatusRuntimeException error = errorOf(() -> {
      throw new IllegalStateException("patient 4711 in /var/lib/secret");
    });

    assertThat(ErrorReason.of(error)).isEqualTo(ErrorReason.INTERNAL);
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(error.getStatus().getDescription())
        .matches("internal error, incident [0-9a-f-]{36}: .*")
        .doesNotContain("4711", "secret");
    assertThat(String.valueOf(error.getTrailers())).doesNotContain("4711");
  }

  @Test
  void call_whoseServiceClosesOutsideTheCatalog_isInternal() throws Exception {
    StatusRuntimeException error = errorOf(() -> {
      throw Status.FAILED_PRECONDITION.withDescription("secret state").asRuntimeException();
    });

    assertThat(ErrorReason.of(error)).isEqualTo(ErrorReason.INTERNAL);
    assertThat(error.getStatus().getDescription()).doesNotContain("secret state");
  }

  @Test
  void call_ofMethodThatIsNotWritten_isInternal() throws Exception {
    try (TestFederation federation =
        TestFederation.serving("alpha", new TestServices.Federation(() -> {}))) {
      ManagedChannel channel = TlsChannel.mutual(
              TestFederation.HOST, federation.port(), federation.node("site-1"))
          .build();
      StatusRuntimeException error = catchThrowableOfType(
          StatusRuntimeException.class,
          () -> FederationGrpc.newBlockingStub(channel)
              .fetchChunk(FetchChunkRequest.getDefaultInstance()));
      channel.shutdownNow();

      assertThat(ErrorReason.of(error)).isEqualTo(ErrorReason.INTERNAL);
    }
  }

  @Test
  void of_errorWithoutReason_isNull() {
    assertThat(ErrorReason.of(Status.UNAVAILABLE.asRuntimeException())).isNull();
    assertThat(ErrorReason.of(new IllegalStateException("x"))).isNull();
  }
}
