# One image a service: docker build --target auth-server (or resource-server, sandbox) .

# `pnpm pin-images` writes its digest to deploy/images.env.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
RUN npm install --global --no-audit --no-fund pnpm@12.21.0
WORKDIR /src
# Installing takes longest, so this layer is rebuilt only when a dependency changes. The secret is your
# .npmrc, for a private registry; it leaves no trace in the image.
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml .npmrc ./
COPY apps/auth-server/package.json apps/auth-server/
COPY apps/resource-server/package.json apps/resource-server/
COPY packages/service/package.json packages/service/
COPY packages/store/package.json packages/store/
COPY packages/taiga-client/package.json packages/taiga-client/
COPY packages/taiga-sandbox/package.json packages/taiga-sandbox/
COPY packages/taiga-tools/package.json packages/taiga-tools/
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=cache,target=/root/.local/share/pnpm/store \
    pnpm install --frozen-lockfile
COPY tsconfig.base.json ./
COPY apps apps
COPY packages packages
RUN pnpm exec tsc -b apps/auth-server apps/resource-server packages/taiga-sandbox
# Uses the package store that the install above filled after checking the lockfile.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    --mount=type=cache,target=/root/.local/share/pnpm/store \
    for name in auth-server resource-server taiga-sandbox; do \
      pnpm --filter "@taiga-mcp/$name" --prefer-offline --config.trustLockfile=true \
        deploy --prod "/out/$name" || exit 1; \
    done

FROM ${NODE_IMAGE} AS service
ENV NODE_ENV=production \
    RUNNING_IN_CONTAINER=true \
    DATA_DIR=/data
RUN install -d -o node -g node -m 700 /data
USER node
WORKDIR /app
# No shell between the container engine and the process, so that signals reach the process.
ENTRYPOINT []
CMD ["node", "--enable-source-maps", "dist/main.js"]

FROM service AS sandbox
COPY --from=build /out/taiga-sandbox ./
EXPOSE 3003
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SANDBOX_PORT ?? 3003}/api/v1`).then(() => process.exit(0), () => process.exit(1))"]

FROM service AS resource-server
ENV RESOURCE_SERVER_HOST=0.0.0.0
COPY --from=build /out/resource-server ./
EXPOSE 3002
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.RESOURCE_SERVER_PORT ?? 3002}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

FROM service AS auth-server
ENV AUTH_SERVER_HOST=0.0.0.0
COPY --from=build /out/auth-server ./
EXPOSE 3001
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.AUTH_SERVER_PORT ?? 3001}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
