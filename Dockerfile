# Builds in one stage, runs in another without compilers or development packages, as a user without rights.
#
#   docker build --tag orrery .
#   docker run -p 8080:8080 -v orrery:/data orrery
#
# The token that clients need is made at the first start, printed once, and kept in the volume; ORRERY_TOKEN sets another one.
FROM node:26-slim AS build
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY bench bench
COPY examples examples
COPY migrations migrations
COPY openapi openapi
RUN npm run build && npm prune --omit=dev

FROM node:26-slim
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Orrery" \
      org.opencontainers.image.description="A clockwork model of Kubernetes, as a service" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.url="https://orrery.dev" \
      org.opencontainers.image.source="https://orrery.dev/orrery.git"
WORKDIR /app
ENV NODE_ENV=production ORRERY_HOST=0.0.0.0 ORRERY_PORT=8080 ORRERY_DATA=/data ORRERY_TOKEN_FILE=/data/token
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/migrations migrations
COPY --from=build /app/openapi openapi
RUN mkdir /data && chown node:node /data
USER node
# All that is written; the root file system may be read-only.
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "dist/hosts/cli.js", "healthcheck"]
CMD ["node", "dist/hosts/cli.js", "serve"]
