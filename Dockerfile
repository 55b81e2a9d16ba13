# syntax=docker/dockerfile:1
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY web ./web
RUN npm run build && chmod +x dist/main.js

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM ${NODE_IMAGE}
# The gateway handles SIGTERM itself, but it will start programs of others (tunnels, tool servers), and Node.js reaps only its own
# children: tini collects what those leave behind. It also makes a SIGTERM count that comes before the handler is in place.
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY config ./config
RUN ln -s /app/dist/main.js /usr/local/bin/zeroclaw && mkdir /data && chown node:node /data

# Inside a container 0.0.0.0 is the container's own network: what may reach it is decided where the port is published.
ENV NODE_ENV=production \
    ZEROCLAW_CONFIG_DIR=/data \
    ZEROCLAW_GATEWAY_HOST=0.0.0.0 \
    ZEROCLAW_GATEWAY_PORT=42617 \
    ZEROCLAW_ALLOW_PUBLIC_BIND=true

# A number, so that Kubernetes can see for itself that it is not root (runAsNonRoot).
USER 1000:1000
VOLUME /data
EXPOSE 42617
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "require('node:http').get(`http://127.0.0.1:${process.env.ZEROCLAW_GATEWAY_PORT}/health/live`, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# A young generation that fits the load, and one helper thread instead of four that take turns with the event loop (docs/performance.md).
ENTRYPOINT ["tini", "--", "node", "--max-semi-space-size=8", "--v8-pool-size=1", "/app/dist/main.js"]
CMD ["gateway"]
