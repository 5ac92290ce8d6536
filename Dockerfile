# The image of forescale: docker build -t REGISTRY/forescale:0.1.0 .
#
# Runs as a numeric user without a shell, and with a read-only root file system: it writes to /var/lib/forescale
# and /tmp only. NATIVE=0 leaves the native TensorFlow addon out (some hundred MB less); wasm does its work then.
ARG NODE_VERSION=24.21.0

# Not slim: where the prebuilt addon does not fit, node-gyp compiles it with the python, make and g++ of this one.
FROM node:${NODE_VERSION}-bookworm AS dependencies
WORKDIR /opt/forescale
COPY package.json package-lock.json .npmrc ./
# The optional packages are the pinned Node itself, which is in the base image already.
RUN npm ci --omit=dev --omit=optional --ignore-scripts
COPY deploy/image ./deploy/image
ARG NATIVE=1
RUN node deploy/image/native-addon.mjs && node deploy/image/prune.mjs node_modules

FROM node:${NODE_VERSION}-bookworm-slim AS runtime
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="forescale" \
      org.opencontainers.image.description="A predictive autoscaler for Kubernetes" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Nothing is installed at run time, so the package managers only add to what has to be patched.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
           /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
 && mkdir -p /var/lib/forescale && chown 65532:65532 /var/lib/forescale
COPY LICENSE package.json /opt/forescale/
COPY --from=dependencies /opt/forescale/node_modules /opt/forescale/node_modules
COPY src /opt/forescale/src
COPY config /opt/forescale/config
COPY models/prior /opt/forescale/models/prior
COPY --chmod=755 deploy/image/forescale deploy/image/healthcheck.mjs /usr/local/bin/

ENV NODE_ENV=production \
    NODE_OPTIONS=--disable-warning=ExperimentalWarning \
    TF_CPP_MIN_LOG_LEVEL=3 \
    MALLOC_ARENA_MAX=2 \
    FORESCALE_CONFIG=/etc/forescale/forescale.yaml
# Volumes, so that a container with a read-only root runs without naming them.
VOLUME ["/var/lib/forescale", "/tmp"]
WORKDIR /var/lib/forescale
USER 65532:65532
EXPOSE 8080
STOPSIGNAL SIGTERM
# Kubernetes has probes of its own (deploy/kustomize); this one is for other ways to run it.
HEALTHCHECK --interval=30s --timeout=5s --start-period=1m --retries=3 CMD ["node", "/usr/local/bin/healthcheck.mjs"]
ENTRYPOINT ["forescale"]
CMD ["run"]
