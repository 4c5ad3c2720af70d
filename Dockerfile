# Small, non-root, health-checked. Needs BuildKit, which is what `docker build` uses.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
# What libjpeg-turbo is built with.
RUN apt-get update \
    && apt-get install -y --no-install-recommends cmake make nasm \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --locked --release -p api --bin gugan --features turbo \
    && cp target/release/gugan /usr/local/bin/gugan

FROM node:20-bookworm-slim AS client
WORKDIR /src/miniprogram-stub
COPY miniprogram-stub/package.json miniprogram-stub/package-lock.json miniprogram-stub/.npmrc ./
RUN npm ci
COPY api-spec /src/api-spec
COPY miniprogram-stub ./
RUN npm run build:h5

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/gugan gugan \
    && install -d -o gugan -g gugan -m 0750 /var/lib/gugan
COPY --from=build /usr/local/bin/gugan /usr/local/bin/gugan
COPY --from=client /src/miniprogram-stub/dist/build/h5 /usr/local/share/gugan/client

ENV GUGAN__HTTP__LISTEN=0.0.0.0:8080 \
    GUGAN__HTTP__CLIENT_DIR=/usr/local/share/gugan/client \
    GUGAN__DATA_DIR=/var/lib/gugan
USER 10001:10001
WORKDIR /var/lib/gugan
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 CMD ["gugan", "healthcheck"]
ENTRYPOINT ["gugan"]
CMD ["serve"]
