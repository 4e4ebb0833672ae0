package io.overlaybd.service.admin;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.overlaybd.config.LogConfig;
import io.overlaybd.service.CacheUsage;
import io.overlaybd.service.DaemonService;
import io.overlaybd.service.UnknownDeviceException;
import io.overlaybd.service.http.HttpAnswer;
import io.overlaybd.service.http.HttpRequest;
import io.overlaybd.service.metrics.DeviceEntry;
import io.overlaybd.service.metrics.Exporter;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which request is answered how. Thread-safe. */
final class AdminRoutes {

    private static final Logger LOG = LoggerFactory.getLogger(AdminRoutes.class);
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String DEVICES = "/v1/devices/";
    private static final String EXPLAIN = "/explain";

    /** Answers one kind of request. */
    private interface Route {
        ObjectNode answer(HttpRequest request) throws IOException;
    }

    /** A request that cannot be fulfilled as it is. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        RefusedException(int status, String problem) {
            super(problem);
            this.status = status;
        }
    }

    private final DaemonService daemon;
    private final Map<String, Route> routes;

    AdminRoutes(DaemonService daemon) {
        this.daemon = daemon;
        DeviceReport devices = new DeviceReport(daemon.images());
        routes = Map.of(
                "GET /v1/devices", request -> devices.all(),
                "GET /v1/top", request -> new Top(daemon.images()).over(number(request, "seconds", 1, 1, 5)),
                "POST /v1/snapshot", this::snapshot,
                "GET /v1/cache", request -> cache(),
                "POST /v1/cache/clear", this::clear,
                "GET /v1/log-level", request -> level(),
                "POST /v1/log-level", this::setLevel,
                "POST /v1/reload", request -> reload());
    }

    HttpAnswer answer(HttpRequest request) {
        Optional<HttpAnswer> page = Exporter.page(daemon.images().monitoring(), "/metrics", request.path());
        if (page.isPresent()) {
            return page.get();
        }
        try {
            return HttpAnswer.json(200, route(request).answer(request).toString());
        } catch (RefusedException e) {
            return failed(e.status, e);
        } catch (UnknownDeviceException e) {
            return failed(404, e);
        } catch (IOException | InvalidPathException e) {
            LOG.warn("admin: {} {}: {}", request.method(), request.path(), e.getMessage());
            return failed(409, e);
        }
    }

    private static HttpAnswer failed(int status, Exception failure) {
        String reason = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return HttpAnswer.json(status, JSON.objectNode().put("error", reason).toString());
    }

    private Route route(HttpRequest request) throws RefusedException {
        String path = request.path();
        if (request.method().equals("GET") && path.startsWith(DEVICES) && path.endsWith(EXPLAIN)) {
            return this::explain;
        }
        Route route = routes.get(request.method() + " " + path);
        if (route != null) {
            return route;
        }
        boolean otherMethod = routes.keySet().stream().anyMatch(key -> key.endsWith(" " + path));
        throw otherMethod
                ? new RefusedException(405, request.method() + " is not for " + path)
                : new RefusedException(404, "there is no " + path);
    }

    private ObjectNode explain(HttpRequest request) throws IOException {
        String path = request.path();
        if (path.length() < DEVICES.length() + EXPLAIN.length()) {
            throw new RefusedException(404, "no device is named");
        }
        String name = path.substring(DEVICES.length(), path.length() - EXPLAIN.length());
        DeviceEntry device = daemon.images()
                .devices()
                .find(name)
                .orElseThrow(() -> new RefusedException(404, name + ": the daemon serves no such device"));
        return new Explanation(device, number(request, "reads", 1000, 1, 1000)).toJson();
    }

    private static int number(HttpRequest request, String key, int usual, int least, int most) throws RefusedException {
        String text = request.parameter(key);
        if (text.isEmpty()) {
            return usual;
        }
        if (!text.matches("[0-9]{1,9}") || Integer.parseInt(text) < least || Integer.parseInt(text) > most) {
            throw new RefusedException(400, key + ": expected " + least + " to " + most + ", found " + text);
        }
        return Integer.parseInt(text);
    }

    private ObjectNode snapshot(HttpRequest request) throws IOException {
        String id = request.parameter("dev_id");
        String config = request.parameter("config");
        if (id.isEmpty() || config.isEmpty()) {
            throw new RefusedException(400, "expected dev_id and config");
        }
        daemon.images().snapshot(id, Path.of(config));
        return JSON.objectNode().put("done", true);
    }

    private ObjectNode cache() {
        CacheUsage usage = daemon.images().cacheUsage();
        return JSON.objectNode()
                .put("blobs", usage.blobs())
                .put("usedBytes", usage.usedBytes())
                .put("limitBytes", usage.limitBytes());
    }

    private ObjectNode clear(HttpRequest request) {
        boolean inUse = request.parameter("in_use").equals("true");
        long freedBytes = daemon.images().clearCache(inUse);
        LOG.info("admin: cache cleared, {} bytes freed", freedBytes);
        return cache().put("freedBytes", freedBytes);
    }

    private ObjectNode level() {
        return JSON.objectNode().put("level", daemon.logLevel().name().toLowerCase(Locale.ROOT));
    }

    private ObjectNode setLevel(HttpRequest request) throws RefusedException {
        String wanted = request.parameter("level").toUpperCase(Locale.ROOT);
        LogConfig.Level level = Arrays.stream(LogConfig.Level.values())
                .filter(one -> one.name().equals(wanted))
                .findFirst()
                .orElseThrow(() -> new RefusedException(400, "level: expected debug, info, warn, error or fatal"));
        daemon.setLogLevel(level);
        return level();
    }

    private ObjectNode reload() throws IOException {
        ObjectNode answer = JSON.objectNode();
        daemon.reload().forEach(answer.putArray("changes")::add);
        return answer;
    }
}
