# The sidecar's image: one binary on a base without shell or package manager.
#   docker buildx build --platform linux/amd64,linux/arm64 -t log-router .
# --build-arg SPEC=infra/sluice.toml puts a spec of your own in it.
# Files it adds: /log-router and /etc/sluice/sluice.toml. It runs as nonroot (65532) with a read-only root file system;
# mount a volume at /var/lib/log-router (the spool), and FireLens mounts /var/run.

FROM --platform=$BUILDPLATFORM rust:1.95-slim-bookworm AS build
ARG TARGETARCH
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev binutils-aarch64-linux-gnu binutils-x86-64-linux-gnu \
        gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-x86-64-linux-gnu libc6-dev-amd64-cross \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER=x86_64-linux-gnu-gcc
RUN case "$TARGETARCH" in arm64) target=aarch64-unknown-linux-gnu ;; *) target=x86_64-unknown-linux-gnu ;; esac \
    && rustup target add "$target" \
    && cargo build --release --locked -p sluice-log-router --bin log-router --target "$target" \
    && mkdir /out && cp "target/$target/release/log-router" /out/ \
    && "${target%-unknown-linux-gnu}-linux-gnu-strip" -s /out/log-router

# Certificates, time zones, libc; no shell.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/log-router /log-router
ARG SPEC=examples/sidecar/sluice.toml
COPY ${SPEC} /etc/sluice/sluice.toml
VOLUME ["/var/lib/log-router"]
EXPOSE 24224 2020 8877
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/log-router", "healthcheck"]
ENTRYPOINT ["/log-router"]
CMD ["run", "--config", "/etc/sluice/sluice.toml"]
